"""The installation's database roles: made by the upgrade, as the owner, whenever one is missing."""

from django.conf import settings
from psycopg import sql

from tenants.postgresql import connection


def ensure_roles() -> None:
    """Make the login of the application, the role for public and the group of all tenants, and lock the database."""
    application = settings.DATABASE_APPLICATION
    database = sql.Identifier(connection.settings_dict["NAME"])
    login, control, tenant, owner = (
        sql.Identifier(name)
        for name in (
            application["USER"],
            settings.DATABASE_CONTROL_ROLE,
            settings.DATABASE_TENANT_ROLE,
            settings.DATABASE_OWNER["USER"],
        )
    )
    with connection.cursor() as cursor:
        for role in (settings.DATABASE_CONTROL_ROLE, settings.DATABASE_TENANT_ROLE):
            if not _role_exists(role):
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        verb = "ALTER" if _role_exists(application["USER"]) else "CREATE"
        cursor.execute(
            sql.SQL("{} ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
                sql.SQL(verb), login, sql.Literal(application["PASSWORD"])
            )
        )
        cursor.execute(sql.SQL("GRANT {} TO {}").format(control, login))
        if connection.pg_version >= 160000 and not _may_administer(settings.DATABASE_TENANT_ROLE):
            # From PostgreSQL 16 on, putting a role into a group takes the admin option on that group.
            cursor.execute(sql.SQL("GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE").format(tenant, owner))
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, login))
        for setting, value in (("statement_timeout", "15s"), ("lock_timeout", "5s")):
            cursor.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(login, sql.Identifier(setting), sql.Literal(value))
            )


def _role_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
        return bool(cursor.fetchone()[0])


def _may_administer(group: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER WITH ADMIN OPTION')", [group])
        return bool(cursor.fetchone()[0])
