"""Rules about an application's roles."""

MAX_ROLES = 200
