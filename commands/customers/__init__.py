"""Verbs of `manage.py customer` about many customers, and what it says of one that takes more than an option."""
