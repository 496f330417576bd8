"""A PostgreSQL that is too old is refused before anything is asked of it, in a sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.models import Tenant
from tenants.postgresql import base
from tenants.postgresql.pooling import refuse_shared_sessions
from tests.browser import Browser
from tests.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = 98


@pytest.fixture
def too_old(home: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this server were older than the oldest that is supported."""
    connection.close()
    monkeypatch.setattr(base, "OLDEST", OTHER)


@pytest.mark.parametrize("command", [["upgrade"], ["tenant", "list"]])
def test_a_command_says_which_version_is_there_and_which_is_needed(too_old: None, command: list[str]) -> None:
    with pytest.raises(CommandError, match=rf"runs PostgreSQL \d+\.\d+, which is too old. Use PostgreSQL {OTHER} or"):
        call_command(*command)


def test_a_web_server_does_not_start_and_is_not_ready(too_old: None, home: Tenant) -> None:
    with pytest.raises(ImproperlyConfigured, match="too old"):
        refuse_shared_sessions()
    answer = Browser(home).get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "the database's PostgreSQL is too old")


@pytest.mark.parametrize("page", ["README.md", "docs/how-to/deploy.md", "docs/reference/settings.md"])
def test_the_documentation_names_the_oldest(page: str) -> None:
    assert f"PostgreSQL {base.OLDEST} to " in (ROOT / page).read_text()
