"""Counting what is asked of the database; that a connection changes to another tenant isn't."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

# From the authorization endpoint by address and password back to it, and to the code.
WHOLE_SIGN_IN = 10


@contextmanager
def statements(number: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    frames = ("BEGIN", "COMMIT", "SELECT set_config('role'")
    sent = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(frames)]
    assert len(sent) == number, "\n".join(sent)
