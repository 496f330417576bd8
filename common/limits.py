"""Counting attempts, shared by all processes, in one statement each.

The counters live in an unlogged table that no role may touch; the function `count_attempt` counts for the tenant the
connection serves, or, with `everywhere`, for the whole installation. A crash of the database forgets them, nothing else.
Count before opening a transaction: a rollback would take the count back.
"""

import hashlib
from dataclasses import dataclass

from django.db import connection


class TooManyAttempts(Exception):
    """A limit is used up. `retry_after` says in how many seconds another attempt may be made."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts; try again in {retry_after} seconds.")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Limit:
    """At most `attempts` in each window of `seconds`. `everywhere` counts across tenants."""

    name: str
    attempts: int
    seconds: int
    everywhere: bool = False

    def count(self, subject: str) -> None:
        """Count one attempt by `subject` (an address, a client IP). Raises `TooManyAttempts` beyond the limit."""
        # The subject may be an e-mail address: only its digest is kept.
        digest = hashlib.sha256(subject.encode()).hexdigest()[:32]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attempts, remaining FROM public.count_attempt(%s, %s, %s)",
                [f"{self.name}:{digest}", self.seconds, self.everywhere],
            )
            attempts, remaining = cursor.fetchone()
        if attempts > self.attempts:
            raise TooManyAttempts(max(1, remaining))
