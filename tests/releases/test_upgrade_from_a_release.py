"""Whoever runs a release upgrades to this one, and finds everything as it was."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from applications.models import Application
from branding.versions.services import draft_of, newest
from logs.seals import sealing
from logs.seals.verifying import verify
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema.dump import TEMPLATE_SCHEMA
from tenants.schema.upgrade import migration_state
from tests.browser import Browser
from tests.cast import tenant_named
from tests.environment import ROOT
from tests.oidc.relying_party import RelyingParty
from tests.releases.installation import (
    SESSION_COOKIE,
    Installation,
    installation_of,
    made_again,
    migrations_on_disk,
    releases,
)
from tests.userflows.customer import Customer
from userflows.flows.layouts.content import read
from userflows.flows.layouts.versions import layout_in_force
from userflows.flows.layouts.versions import newest as newest_layout
from userflows.models import UserFlow


@pytest.fixture(params=releases())
def installation(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Installation]:
    """A release's installation, upgraded as its operator does it."""
    installation = installation_of(request.param)
    with made_again(installation):
        call_command("upgrade", verbosity=0)
        yield installation


def test_everything_is_there_after_an_upgrade(installation: Installation) -> None:
    """One story for each release: to make its installation again takes seconds."""
    with schema_context(PUBLIC):
        assert set(Tenant.objects.values_list("migration_state", flat=True)) == {migration_state()}
    assert lost_rows(installation) == []
    acme = tenant_named("acme")
    assert relations_of(acme.schema_name) == relations_of(TEMPLATE_SCHEMA)
    carol_is_still_signed_in(acme, installation.held["carol_session"])
    carol_signs_in_with_her_password(acme)
    bookshop_goes_on_with_its_secret_and_its_token(acme, installation)
    ada_finds_her_tenant_in_the_portal(acme)
    what_customers_saw_is_published(acme)
    what_happened_before_gets_its_seals_which_acmes_role_only_reads(acme)
    call_command("upgrade", verbosity=0)


def lost_rows(installation: Installation) -> list[str]:
    """The tables that have fewer rows than before."""
    connection.become_owner()
    lost = []
    for schema, tables in installation.rows.items():
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
            for table in sorted({name for (name,) in cursor.fetchall()} & tables.keys()):
                cursor.execute(f'SELECT count(*) FROM {schema}."{table}"')
                if cursor.fetchone()[0] < len(tables[table]):
                    lost.append(f"{schema}.{table}")
    connection.resign_owner()
    return lost


def relations_of(schema: str) -> set[str]:
    """The tables, indexes and sequences of a schema."""
    connection.become_owner()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", [schema])
        names = {name for (name,) in cursor.fetchall()}
    connection.resign_owner()
    return names


def carol_is_still_signed_in(acme: Tenant, cookie: str) -> None:
    browser = Browser(acme)
    browser.cookies[SESSION_COOKIE] = cookie
    assert "carol@acme.example" in browser.get("/profile/").content.decode()


def carol_signs_in_with_her_password(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_in("carol@acme.example")
    assert customer.is_signed_in


def bookshop_goes_on_with_its_secret_and_its_token(acme: Tenant, installation: Installation) -> None:
    with tenant_context(acme):
        bookshop, carol = Application.objects.get(name="Bookshop"), Account.objects.get(email="carol@acme.example")
    shop = RelyingParty(Browser(acme), bookshop, installation.held["bookshop_secret"])
    answer = shop.refresh(installation.held["refresh_token"])
    assert answer.status_code == 200, answer.content
    assert shop.accepts(answer.json()["id_token"], audience=shop.client_id)["sub"] == str(carol.pk)
    assert shop.userinfo(answer.json()["access_token"]).json()["given_name"] == "Carol"


def ada_finds_her_tenant_in_the_portal(acme: Tenant) -> None:
    ada = Customer(tenant_named("home"))
    ada.sign_in("ada@portal.example")
    page = ada.browser.get(f"/tenants/{acme.slug}/")
    assert page.status_code == 200
    assert "Acme" in page.content.decode()


def what_customers_saw_is_published(acme: Tenant) -> None:
    with tenant_context(acme):
        version = newest(None)
        assert version is not None
        assert (version.number, version.content) == (1, draft_of(None))
        assert set(version.content["brandings"]) == {"", "de"}
        for flow in UserFlow.objects.all():
            asked = newest_layout(flow)
            assert asked
            assert read(asked.content) == layout_in_force(flow)


def what_happened_before_gets_its_seals_which_acmes_role_only_reads(acme: Tenant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "SEALED_AFTER", timedelta(0))
        assert sealing.seal_all_events(acme.schema_name) > 0
    found = verify(acme.schema_name)
    assert (found.fault, found.entries > 0) == (None, True)
    with tenant_context(acme), pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM logs_seal")


@pytest.mark.parametrize("release", releases())
def test_what_is_released_stays_as_it_is(release: str) -> None:
    """A migration of a release changes nowhere any more: another would make other tables here than there."""
    on_disk = migrations_on_disk()
    changed = [name for name, digest in installation_of(release).migrations.items() if digest != on_disk.get(name, "")]
    assert changed == []


def test_this_release_is_written_down() -> None:
    """With its migrations, and an installation to upgrade. On the day of a release:

    make test PYTEST="tests/releases/test_a_day_of_the_cast.py --record-release 0.1.0"
    """
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert version in releases()
