"""What hot paths know of a tenant is read together, and never kept of what there isn't."""

from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from accounts.models import Group
from accounts.sessions.rules import session_rules
from applications.errors import UnknownApplication
from applications.lookup.clients import client_by_id, entitlements_by_id, origins_of_scripts
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from common.database.caches import forget_everything
from oidc.issuer.identity import issuer_for
from tenants.known import _known
from tenants.lookup import _absent, tenant_at, tenant_by_slug
from tenants.models import Tenant
from tests.statements import statements
from userflows.lookup import custom_names_of, default_flow

pytestmark = pytest.mark.django_db(transaction=True)


def test_whatever_is_asked_for_first_brings_the_rest(acme: Tenant, bookshop: Application) -> None:
    forget_everything()
    with tenant_context(acme):
        with statements(1):
            session_rules()
        with statements(0):
            issuer_for(acme)
            assert default_flow().is_default
            origins_of_scripts()
        with statements(1):
            client = client_by_id(bookshop.client_id)
        with statements(0):
            assert client.entitlements.own.pk == client.pk
            assert custom_names_of(client.flow_id) == {"loyaltyNumber"}


def test_what_is_known_follows_a_change(acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        assert client_by_id(bookshop.client_id).name == "Bookshop"
        change_application(bookshop, name="Book store", actor=Actor.command())
        assert client_by_id(bookshop.client_id).name == "Book store"


def test_t10_the_same_client_id_is_unknown_at_another_tenant(
    acme: Tenant, globex: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        client_by_id(bookshop.client_id)
    with tenant_context(globex), pytest.raises(UnknownApplication):
        client_by_id(bookshop.client_id)


def test_eve_names_applications_and_tenants_that_there_arent(acme: Tenant) -> None:
    """Whatever she makes up, nothing of it is kept beside what there is."""
    with tenant_context(acme):
        session_rules()
        kept = set(_known._entries)
        for _ in range(20):
            with pytest.raises(UnknownApplication):
                client_by_id(str(uuid4()))
            with pytest.raises(UnknownApplication):
                entitlements_by_id(str(uuid4()))
    assert set(_known._entries) == kept
    with statements(1):
        assert tenant_by_slug("nobody") is None
        assert tenant_by_slug("nobody") is None


@pytest.mark.parametrize("named", ["acme", "nobody"])
def test_t10_whoever_looks_a_tenant_up_goes_on_with_their_own(acme: Tenant, globex: Tenant, named: str) -> None:
    """The session has turned to the tenant that was found, or to nobody: Eve's statements are globex's all the same."""
    with tenant_context(acme):
        Group.objects.create(name="Acme's")
    with tenant_context(globex):
        Group.objects.create(name="Globex's")
        for _ in range(2):
            forget_everything()
            with transaction.atomic():
                tenant_by_slug(named)
                assert [group.name for group in Group.objects.all()] == ["Globex's"]
            tenant_by_slug(named)
            assert [group.name for group in Group.objects.all()] == ["Globex's"]
            forget_everything()
            with suppress(ZeroDivisionError), transaction.atomic():
                tenant_by_slug(named)
                raise ZeroDivisionError
            assert [group.name for group in Group.objects.all()] == ["Globex's"]
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute("SELECT FROM accounts_group")


@pytest.mark.parametrize("host", ["a" * 254 + ".example", "ac me.example", "acme\x00.example", "[::1]:80", ""])
def test_t01_what_can_be_nobodys_host_is_asked_of_nobody_and_kept_nowhere(settings: Settings, host: str) -> None:
    """The front looks a host up before Django has looked at it, and Eve may write what she likes there."""
    settings.CIAM_TENANT_ADDRESSING = "host"
    kept = set(_absent._entries)
    with statements(0):
        assert tenant_at(host, "/") is None
    assert set(_absent._entries) == kept
