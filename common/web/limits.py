"""Counting attempts, shared by all processes, in one statement each.

The counters live in an unlogged table that no role may touch; the function `count_attempt` counts for the tenant the
connection serves, or, with `everywhere`, for the whole installation. Nothing but a crash of the database
forgets them.
Count before opening a transaction: a rollback would take the count back.
"""

import hashlib
from dataclasses import dataclass, replace

from django.db import connection

from common.database.rows import ask
from common.web.http import network_of, site_of

TIMES_OF_SITE = 10
"""How much more than one network an IPv6 site may do, of whose networks its owner may have thousands."""
COUNT = """
    SELECT c.attempts, c.remaining
    FROM unnest(%s::text[], %s::integer[], %s::boolean[]) AS asked (key, seconds, everywhere),
        LATERAL public.count_attempt(asked.key, asked.seconds, asked.everywhere) AS c
"""
GIVE_BACK = """
    SELECT public.give_back_attempt(asked.key, asked.everywhere)
    FROM unnest(%s::text[], %s::boolean[]) AS asked (key, everywhere)
"""
LOOK = """
    SELECT c.attempts, c.remaining
    FROM unnest(%s::text[], %s::boolean[]) WITH ORDINALITY AS asked (key, everywhere, place)
        LEFT JOIN LATERAL public.attempts_counted(asked.key, asked.everywhere) AS c ON true
    ORDER BY asked.place
"""
FORGET = "SELECT public.forget_attempts(key) FROM unnest(%s::text[]) AS asked (key)"


class TooManyAttempts(Exception):
    """A limit is used up. `retry_after` says in how many seconds another attempt may be made.

    `limit` is the name of the one that is used up, `refused` how many attempts it has refused, this one included.
    `attempt` is what was refused.
    """

    def __init__(self, retry_after: int, *, attempt: "tuple[Limit, str]", refused: int) -> None:
        super().__init__(f"Too many attempts; try again in {retry_after} seconds.")
        self.retry_after = retry_after
        self.attempt = attempt
        self.limit = attempt[0].name
        self.refused = refused

    def count_again(self) -> None:
        """Count it once more, after a rollback has taken the count back. Raises `TooManyAttempts`, as a rule."""
        count_together(self.attempt)


@dataclass(frozen=True)
class Limit:
    """At most `attempts` in each window of `seconds`. `everywhere` counts across tenants."""

    name: str
    attempts: int
    seconds: int
    everywhere: bool = False

    def count(self, subject: str) -> None:
        """Count one attempt by `subject` (an address, a client IP). Raises `TooManyAttempts` beyond the limit."""
        count_together((self, subject))

    def key_of(self, subject: str) -> str:
        """The counter's key. The subject may be an e-mail address: only its digest is kept."""
        return f"{self.name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


Attempts = list[tuple[Limit, str]]


def from_network(limit: Limit, ip: str, *whose: str) -> Attempts:
    """What one attempt from this address counts against: the limit for its network and, higher, for the site around it.

    Who else it is counted by, such as a client, goes into `whose`.
    """
    counted = [(limit, " ".join([*whose, network_of(ip)]))]
    if site := site_of(ip):
        of_site = replace(limit, name=f"{limit.name}, whole site", attempts=TIMES_OF_SITE * limit.attempts)
        counted.append((of_site, " ".join([*whose, site])))
    return counted


def count_together(*attempts: tuple[Limit, str]) -> list[int]:
    """Count one attempt against each limit and its subject, in one statement. Returns how many there are by each.

    Raises `TooManyAttempts` with the longest wait if any limit is used up; then the others don't count what is refused,
    or a crowd kept out at one door would shut the next.
    """
    limits = [limit for limit, _ in attempts]
    keys = [limit.key_of(subject) for limit, subject in attempts]
    rows = ask(COUNT, [keys, [limit.seconds for limit in limits], [limit.everywhere for limit in limits]]).rows
    counted = list(zip(attempts, rows, strict=True))
    used_up = [(wait, attempt, count) for attempt, (count, wait) in counted if count > attempt[0].attempts]
    if used_up:
        give_back(*[each for each, (count, _) in counted if count <= each[0].attempts])
        wait, attempt, count = max(used_up, key=lambda each: each[0])
        raise TooManyAttempts(max(1, wait), attempt=attempt, refused=count - attempt[0].attempts)
    return [count for count, _ in rows]


def give_back(*attempts: tuple[Limit, str]) -> None:
    """Take one attempt back that turned out right, so that only failures use a limit up; earlier ones stay counted."""
    keys = [limit.key_of(subject) for limit, subject in attempts]
    ask(GIVE_BACK, [keys, [limit.everywhere for limit, _ in attempts]])


def used_up(*attempts: tuple[Limit, str]) -> list[tuple[Limit, str, int]]:
    """Those that would refuse the next attempt, each with the seconds until it doesn't. Nothing is counted."""
    counted = zip(attempts, _looked_at(*attempts), strict=True)
    return [(limit, whose, wait) for (limit, whose), (count, wait) in counted if count and count >= limit.attempts]


def counted_now(*attempts: tuple[Limit, str]) -> list[int]:
    """How many are counted by each at present. Nothing is counted."""
    return [count or 0 for count, _wait in _looked_at(*attempts)]


def _looked_at(*attempts: tuple[Limit, str]) -> list[tuple[int | None, int]]:
    """How many are counted by each, and for how many seconds still; None where nothing is."""
    keys = [limit.key_of(subject) for limit, subject in attempts]
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [keys, [limit.everywhere for limit, _ in attempts]])
        rows: list[tuple[int | None, int]] = cursor.fetchall()
    return rows


def forget(*attempts: tuple[Limit, str]) -> None:
    """Begin these limits anew, for somebody whom they keep out by mistake. Those across tenants stay as they are."""
    keys = [limit.key_of(subject) for limit, subject in attempts if not limit.everywhere]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [keys])
