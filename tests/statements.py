"""Counting what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def statements(number: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    sent = [query["sql"] for query in captured.captured_queries if query["sql"] not in {"BEGIN", "COMMIT"}]
    assert len(sent) == number, "\n".join(sent)
