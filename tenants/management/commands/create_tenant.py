from tenants.management.shut import ShutCommand


class Command(ShutCommand):
    instead = "manage.py tenant --help"
