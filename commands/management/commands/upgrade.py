from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import ProgrammingError
from django_tenants.utils import schema_context

from commands.answers import Answer, AnsweringCommand, add_json_option
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import normalise_domain_name
from tenants.schema.upgrade import UnknownRelease, upgrade


class Command(AnsweringCommand):
    help = "Bring the database up to date: public, the template of new tenants, then each tenant that lags."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: CommandParser) -> None:
        add_json_option(parser)
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="DOMAIN",
            help="migrate this tenant alone, to try the release on it first; may be given several times",
        )

    def answer(self, options: dict[str, Any]) -> Answer:
        tell = self.stderr if options["json"] else self.stdout
        try:
            report = upgrade(tell.write, only=_known(options["only"]))
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
        text = f"Up to date; {migrated} tenants migrated."
        if report.left:
            text = f"{migrated} tenants migrated; {report.left} wait for an upgrade without --only."
        return Answer({"migrated": migrated, "left": report.left}, text)


def _known(domains: list[str]) -> set[str]:
    """The domains as they are kept. Raises CommandError for one that no tenant has."""
    chosen = {normalise_domain_name(domain) for domain in domains}
    if chosen:
        with schema_context(PUBLIC):
            found = set(Tenant.objects.filter(slug__in=chosen).values_list("slug", flat=True))
        for unknown in sorted(chosen - found):
            raise CommandError(f"There is no tenant with the domain “{unknown}”. Nothing was done.")
    return chosen
