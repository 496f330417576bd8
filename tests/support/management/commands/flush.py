from typing import Any

from django.core.management.base import BaseCommand

from tests import database


class Command(BaseCommand):
    help = "Stands before Django's flush: the database of the run is made anew from the template."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--database")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")
        for option in ("--reset-sequences", "--allow-cascade", "--inhibit-post-migrate"):
            parser.add_argument(option, action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        database.restore()
