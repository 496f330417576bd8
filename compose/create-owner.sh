#!/bin/sh
# Runs once, when the database's volume is new: makes the product's database and the login that owns it. That login may
# make roles, one for each tenant, and is no superuser.
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --set=password="$CIAM_OWNER_PASSWORD" <<'SQL'
CREATE ROLE ciam LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE ciam OWNER ciam;
SQL
