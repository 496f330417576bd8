"""Tests that administrators make of a server of somebody else's: so many an hour, and one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.problems import Code, Problem, Refused
from common.text.translation import gettext, ngettext
from common.web.limits import Limit, TooManyAttempts
from common.web.outgoing import TooManyWaiting, from_pages


def count_test(limit: Limit, *, field: str = "") -> None:
    """Count one more test of the tenant. Raises `Refused`, at this field, where there were many."""
    try:
        limit.count("")
    except TooManyAttempts as refusal:
        minutes = refusal.retry_after // 60 + 1
        sentence = ngettext(
            "That was a lot of tests. You can send the next one in %(minutes)d minute.",
            "That was a lot of tests. You can send the next one in %(minutes)d minutes.",
            minutes,
        )
        raise Refused([Problem(Code.TOO_MANY, field, sentence % {"minutes": minutes})]) from refusal


@contextmanager
def one_test(tenant: str, *, field: str = "") -> Iterator[None]:
    """While a test waits for the other server. Raises `Refused`, at this field, while another of the tenant does."""
    try:
        with from_pages.one(tenant):
            yield
    except TooManyWaiting:
        sentence = gettext("Another test is running. Try again in a moment.")
        raise Refused([Problem(Code.TOO_MANY, field, sentence)]) from None
