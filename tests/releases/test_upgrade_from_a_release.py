"""Whoever runs a release upgrades to this one, and finds everything as it was."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
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
from mail.models import Message
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema.dump import TEMPLATE_SCHEMA
from tenants.schema.upgrade import migration_state
from tests.browser import Browser
from tests.cast import tenant_named
from tests.environment import ROOT
from tests.oidc.apis import ORDERS, READ
from tests.oidc.devices import poll
from tests.oidc.relying_party import RelyingParty
from tests.releases.installation import (
    SESSION_COOKIE,
    Installation,
    Rows,
    installation_of,
    made_again,
    migrations_on_disk,
    releases,
    rows_now,
)
from tests.userflows.customer import Customer, mails_to
from userflows.flows.layouts.content import read
from userflows.flows.layouts.versions import layout_in_force
from userflows.flows.layouts.versions import newest as newest_layout
from userflows.models import UserFlow


@dataclass(frozen=True)
class Upgraded:
    """A release's installation, and what its tables held just before the upgrade and just after."""

    installation: Installation
    before: dict[str, Rows]
    after: dict[str, Rows]


@pytest.fixture(params=releases())
def upgraded(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Upgraded]:
    """Upgraded as its operator does it."""
    installation = installation_of(request.param)
    with made_again(installation):
        before = rows_now()
        call_command("upgrade", verbosity=0)
        yield Upgraded(installation, before, rows_now())


def test_everything_is_there_after_an_upgrade(upgraded: Upgraded) -> None:
    """One story for each release: to make its installation again takes seconds."""
    with schema_context(PUBLIC):
        assert set(Tenant.objects.values_list("migration_state", flat=True)) == {migration_state()}
    assert {*lost(upgraded)} == {"tenants_tenant.migration_state"}
    acme = tenant_named("acme")
    assert relations_of(acme.schema_name) == relations_of(TEMPLATE_SCHEMA)
    carol_is_still_signed_in_and_has_allowed_bookshop(acme, upgraded.installation)
    carol_signs_in_with_her_password(acme)
    bookshop_goes_on_with_its_secret_and_its_token(acme, upgraded.installation)
    televisions_go_on_and_get_what_they_were_allowed(acme, upgraded.installation)
    reports_is_still_a_clerk(acme, upgraded.installation)
    a_club_reads_its_registration_and_another_one_registers(acme, upgraded.installation)
    customers_see_the_logo(acme, upgraded.installation)
    ada_finds_her_tenant_and_reads_what_was_mailed(acme)
    what_customers_saw_is_published(acme)
    what_happened_before_gets_its_seals_which_acmes_role_only_reads(acme)
    call_command("upgrade", verbosity=0)


def lost(upgraded: Upgraded) -> Iterator[str]:
    """Each table that lacks a row of before, and each column in which one now has another value, if it still has it."""
    for schema, tables in upgraded.before.items():
        for table in tables.keys() & tables_of(schema):
            now = {row.get("id"): row for row in upgraded.after[schema].get(table, [])}
            for row in tables[table]:
                found = now.get(row.get("id"))
                if found is None:
                    yield table
                else:
                    kept = row.keys() & found.keys()
                    yield from (f"{table}.{column}" for column in kept if row[column] != found[column])


def tables_of(schema: str) -> set[str]:
    connection.become_owner()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        names = {name for (name,) in cursor.fetchall()}
    connection.resign_owner()
    return names


def relations_of(schema: str) -> set[str]:
    """The tables, indexes and sequences of a schema."""
    connection.become_owner()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", [schema])
        names = {name for (name,) in cursor.fetchall()}
    connection.resign_owner()
    return names


def carol_is_still_signed_in_and_has_allowed_bookshop(acme: Tenant, installation: Installation) -> None:
    browser = Browser(acme)
    browser.cookies[SESSION_COOKIE] = installation.held["carol_session"]
    assert "carol@acme.example" in browser.get("/profile/").content.decode()
    shop = RelyingParty(browser, application_named("Bookshop", acme), installation.held["bookshop_secret"])
    tokens = shop.tokens()
    assert shop.accepts(tokens["id_token"], audience=shop.client_id)["sub"]
    asked = shop.authorize(scope=READ)
    assert "/consent/" in asked["Location"]


def carol_signs_in_with_her_password(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_in("carol@acme.example")
    assert customer.is_signed_in


def bookshop_goes_on_with_its_secret_and_its_token(acme: Tenant, installation: Installation) -> None:
    with tenant_context(acme):
        carol = Account.objects.get(email="carol@acme.example")
    shop = RelyingParty(Browser(acme), application_named("Bookshop", acme), installation.held["bookshop_secret"])
    answer = shop.refresh(installation.held["refresh_token"])
    assert answer.status_code == 200, answer.content
    assert shop.accepts(answer.json()["id_token"], audience=shop.client_id)["sub"] == str(carol.pk)
    told = shop.userinfo(answer.json()["access_token"]).json()
    assert (told["given_name"], told["card"]) == ("Carol", "C-1001")


def televisions_go_on_and_get_what_they_were_allowed(acme: Tenant, installation: Installation) -> None:
    television = RelyingParty(Browser(acme), application_named("Mobile", acme))
    assert television.refresh(installation.held["television_refresh_token"]).status_code == 200
    answer = poll(television, installation.held["device_code"])
    assert answer.status_code == 200, answer.content
    told = television.userinfo(answer.json()["access_token"]).json()
    assert told["email"] == "carol@acme.example"


def reports_is_still_a_clerk(acme: Tenant, installation: Installation) -> None:
    reports = RelyingParty(Browser(acme), application_named("Reports", acme), installation.held["reports_secret"])
    answer = reports.token(grant_type="client_credentials", scope=f"{ORDERS}/.default")
    assert answer.status_code == 200, answer.content
    assert reports.accepts(answer.json()["access_token"], audience=ORDERS)["roles"] == ["clerk"]


def a_club_reads_its_registration_and_another_one_registers(acme: Tenant, installation: Installation) -> None:
    held, browser = installation.held, Browser(acme)
    bearer = {"Authorization": f"Bearer {held['club_registration']}"}
    read = browser.get(f"/oidc/register/{held['club_id']}", headers=bearer)
    assert read.json()["redirect_uris"] == ["https://club.example/callback"]
    bearer = {"Authorization": f"Bearer {held['initial_access_token']}"}
    wanted = {"client_name": "Choir", "redirect_uris": ["https://choir.example/callback"]}
    assert browser.post("/oidc/register", wanted, "application/json", headers=bearer).status_code == 201


def customers_see_the_logo(acme: Tenant, installation: Installation) -> None:
    (recorded,) = installation.rows[acme.schema_name]["branding_brandingimage"]
    browser = Customer(acme)
    browser.visit("/sign-in/")
    (address,) = {*re.findall(r'src="/t/acme(/brand/images/[^"?]*)', browser.text)}
    shown = browser.browser.get(address)
    assert bytes(shown.getvalue()) == bytes.fromhex(recorded["content"].removeprefix("\\x"))
    assert "Welcome to Acme" in browser.text


def ada_finds_her_tenant_and_reads_what_was_mailed(acme: Tenant) -> None:
    ada = Customer(tenant_named("home"))
    ada.sign_in("ada@portal.example")
    page = ada.browser.get(f"/tenants/{acme.slug}/")
    assert page.status_code == 200
    assert "Acme" in page.content.decode()
    with tenant_context(acme):
        (letter,) = Message.objects.filter(to="frank@acme.example")
        code = mails_to(letter.to)[0].subject[:6]
    assert code in ada.browser.get(f"/tenants/{acme.slug}/outbox/{letter.pk}/").content.decode()


def application_named(name: str, tenant: Tenant) -> Application:
    with tenant_context(tenant):
        return Application.objects.get(name=name)


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
