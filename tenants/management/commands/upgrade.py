from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.postgresql.pooling import SharedSessions
from tenants.schema.upgrade import upgrade


class Command(BaseCommand):
    help = "Bring the database up to date: public, the template of new tenants, then each tenant that lags."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = upgrade(self.stdout.write)
        except SharedSessions as error:
            raise CommandError(str(error)) from error
        if report.failed:
            raise CommandError(
                f"{len(report.failed)} tenants could not be migrated and stay as they were; the others are served. "
                "Mend the cause named above and run this command again."
            )
        self.stdout.write(f"Up to date; {len(report.migrated)} tenants migrated.")
