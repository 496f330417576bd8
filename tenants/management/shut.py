from typing import Any

from django.core.management.base import BaseCommand, CommandError


class ShutCommand(BaseCommand):
    """Stands before a command of django-tenants that would make or change a schema without its walls."""

    instead: str

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("ignored", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(f"This installation keeps its own walls around schemas. See: {self.instead}")
