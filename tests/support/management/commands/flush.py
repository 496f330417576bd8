from typing import Any

from django.core.management.base import BaseCommand

from tests import database


class Command(BaseCommand):
    help = "Stands before Django's flush: the database of the run is made anew from the template."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--database")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")

    def handle(self, *args: Any, **options: Any) -> None:
        database.restore()
