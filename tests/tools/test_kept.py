"""Rows of the cast that are kept from test to test: `tests.kept`."""

from collections.abc import Callable

import pytest

from tenants.models import Tenant
from tests.cast import tenant_named
from tests.kept import as_founded


def _acme(asked: list[str]) -> Callable[[], Tenant]:
    def read() -> Tenant:
        asked.append("acme")
        return tenant_named("acme")

    return read


@pytest.mark.django_db
def test_a_row_is_read_once_until_something_is_written() -> None:
    asked: list[str] = []
    kept = [as_founded("acme", "kept", read=_acme(asked)) for _ in range(2)]
    assert kept == [tenant_named("acme")] * 2
    assert kept[0] is not kept[1]
    assert asked == ["acme"]

    Tenant.objects.filter(slug="acme").update(name="Renamed")

    assert as_founded("acme", "kept", read=_acme(asked)).name == "Renamed"


@pytest.mark.django_db(transaction=True)
def test_where_tests_commit_nothing_is_kept() -> None:
    asked: list[str] = []
    for _ in range(2):
        as_founded("acme", "committing", read=_acme(asked))
    assert asked == ["acme", "acme"]
