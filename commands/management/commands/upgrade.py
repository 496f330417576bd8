from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import ProgrammingError

from commands.answers import Answer, AnsweringCommand, add_json_option
from tenants.schema.upgrade import UnknownRelease, upgrade


class Command(AnsweringCommand):
    help = "Bring the database up to date: public, the template of new tenants, then each tenant that lags."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        add_json_option(parser)

    def answer(self, options: dict[str, Any]) -> Answer:
        tell = self.stderr if options["json"] else self.stdout
        try:
            report = upgrade(tell.write)
        except UnknownRelease as error:
            raise CommandError(str(error)) from error
        except ProgrammingError as error:
            raise CommandError(f"PostgreSQL refused a step of the upgrade: {str(error).strip()}") from error
        if report.failed:
            raise CommandError(
                f"{len(report.failed)} tenants could not be migrated and stay as they were; the others are served. "
                "Mend the cause named above and run this command again."
            )
        migrated = len(report.migrated)
        return Answer({"migrated": migrated}, f"Up to date; {migrated} tenants migrated.")
