"""Which rows of journeys count."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from userflows.state import CHANGE, NEW_PASSWORD, RESET


class JourneyQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Those that may still go on."""
        return self.filter(finished_at=None, expires_at__gt=Now())

    def about_to_change_password(self, account_ids: Collection[uuid.UUID]) -> Self:
        """Those that one of these accounts has proved to be its own, with its password to be chosen next."""
        is_next = models.Q(purpose__in=[CHANGE, RESET]) | models.Q(step_data__has_key=NEW_PASSWORD)
        return self.open().filter(is_next, account_id__in=account_ids)

    def of_account(self, account_id: uuid.UUID) -> Self:
        """The open ones that are known to be this account's."""
        return self.open().filter(account_id=account_id)

    def over(self) -> Self:
        """Those that nobody can go on with or come back to, a day after their time."""
        return self.filter(expires_at__lt=Now() - timedelta(days=1))
