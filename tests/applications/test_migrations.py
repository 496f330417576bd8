"""What was kept before a migration means the same, or what the changelog says, behind it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_tenants.utils import schema_context

from applications.models import DEVICE_CODE, TOKEN_EXCHANGE, Application
from tenants.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)

Before = Callable[[str], AbstractContextManager[Any]]


@pytest.fixture
def before(acme: Tenant) -> Before:
    """Acme's applications as they were kept at an earlier migration; behind the block all later ones have run."""

    @contextmanager
    def applications_at(migration: str) -> Any:
        connection.become_owner()
        with schema_context(acme.schema_name):
            state = MigrationExecutor(connection).migrate([("applications", migration)])
            yield state.apps.get_model("applications", "Application").objects
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
        connection.resign_owner()

    return applications_at


def test_each_application_may_go_on_using_the_grants_it_had(before: Before, acme: Tenant) -> None:
    with before("0011_appearance") as applications:
        applications.filter(name="Bookshop").update(allows_token_exchange=True)
        applications.filter(name="Mobile").update(allows_device_grant=True)
    with schema_context(acme.schema_name):
        grants = {application.name: application.grant_types for application in Application.objects.all()}
    assert grants == {
        "Bookshop": ("authorization_code", "refresh_token", "client_credentials", TOKEN_EXCHANGE),
        "Mobile": ("authorization_code", "refresh_token", DEVICE_CODE),
        "Reports": ("client_credentials",),
    }


def test_lifetimes_below_ten_minutes_become_ten_and_the_others_stay(before: Before, acme: Tenant) -> None:
    with before("0012_grants") as applications:
        applications.filter(name="Bookshop").update(access_token_minutes=5, id_token_minutes=9)
        applications.filter(name="Mobile").update(access_token_minutes=1440)
    with schema_context(acme.schema_name):
        minutes = {row.name: (row.access_token_minutes, row.id_token_minutes) for row in Application.objects.all()}
    assert minutes == {"Bookshop": (10, 10), "Mobile": (1440, 60), "Reports": (60, 60)}
