"""Who gets through which door of the portal: every address of it, taken from the URL map, for every kind of visitor.

An address that this file can't place fails here, so that nobody adds a door without saying for whom it is.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Session
from applications.models import Application
from audit.services import Actor
from common.database.caches import forget_everything
from mail.models import Message
from portal_frame.access import Need, allowed, needed
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant
from tenants.policies import ROLES_OF_OPERATORS, AdministratorRole
from tenants.postgresql import connection
from tenants.services import add_membership
from tests import database
from tests.browser import Browser
from tests.cast import tenant_named
from tests.portal.doors import (
    DOORS,
    NESTED_DOORS,
    TENANT_DOORS,
    Door,
    Things,
    dead_links,
    is_refused,
    status_of,
    things_of,
)
from tests.portal.kept_secrets import Secrets

FOR_ANY_ADMINISTRATOR = {
    *("start", "tenants", "tenants-switcher", "look"),
    *("profile", "profile-password", "profile-second-factor", "profile-roles"),
    *("profile-sessions", "profile-end-session", "profile-end-other-sessions"),
    *("documentation", "documentation-image", "documentation-page", "find"),
}
FOR_OPERATORS = {
    *("tenant-create", "tenant-domain-check", "installation", "jobs", "jobs-retry", "job-retry"),
    *("installation-logs-export", "installation-log-check"),
    *("installation-logs", "installation-log-event", "people", "person", "person-remove"),
    "person-remove-factors",
    *("installation-settings", "installation-test-mail", "installation-find-tenant", "installation-tenant-limits"),
}
NOT_A_PAGE = 404


@pytest.fixture(scope="module")
def things(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Things]]:
    """One of each thing in both tenants. To make them takes longer than to walk through a door."""
    with database.made_once(django_db_blocker):
        made = {slug: things_of(tenant_named(slug)) for slug in ("acme", "globex")}
        connection.set_schema_to_public()
        yield made


@pytest.fixture
def acme_things(things: dict[str, Things], db: None) -> Things:
    return things["acme"]


@pytest.fixture
def globex_things(things: dict[str, Things], db: None) -> Things:
    return things["globex"]


def test_every_door_is_for_somebody() -> None:
    placed = FOR_ANY_ADMINISTRATOR | FOR_OPERATORS | {door.name for door in TENANT_DOORS}

    assert {door.name for door in DOORS} <= placed


def test_nobody_signed_in_is_sent_to_sign_in(home: Tenant, acme_things: Things) -> None:
    stranger = Browser(home)
    sign_in = reverse("customer:sign-in", urlconf=settings.HOME_URLCONF)
    for door in DOORS:
        for send in (stranger.get, stranger.head, stranger.post):
            answer = send(acme_things.url(door))
            if answer.status_code != 405:
                assert answer.status_code == 302, door
                assert answer.headers["Location"].startswith(sign_in), door


def test_t20_whoever_manages_another_tenant_or_none_finds_nothing(
    grace: Account, stranger: Account, acme_things: Things
) -> None:
    for door in TENANT_DOORS:
        for account in (grace, stranger):
            assert status_of(acme_things.url(door), "GET", account) == NOT_A_PAGE, door
            assert status_of(acme_things.url(door), "POST", account) in {NOT_A_PAGE, 405}, door


def test_t20_whoever_tries_is_noted_whether_the_tenant_exists_or_not(grace_portal: Browser, acme: Tenant) -> None:
    for slug in ("acme", "nosuchtenant"):
        assert grace_portal.get(f"/tenants/{slug}/").status_code == NOT_A_PAGE
    with schema_context(PUBLIC):
        noted = InstallationEvent.objects.filter(action="tenant.access_refused").order_by("pk")
        assert [(event.actor_name, event.details["domain"]) for event in noted] == [
            ("grace@portal.example", "acme"),
            ("grace@portal.example", "nosuchtenant"),
        ]


def test_t34_a_tenant_of_others_costs_what_one_that_doesnt_exist_costs(grace_portal: Browser, acme: Tenant) -> None:
    def statements(slug: str) -> list[str]:
        forget_everything()
        with CaptureQueriesContext(connection) as asked:
            assert grace_portal.get(f"/tenants/{slug}/").status_code == NOT_A_PAGE
        return [as_asked(query["sql"]) for query in asked]

    def as_asked(sql: str) -> str:
        # A connection that has had enough use of a statement has it prepared from there on, and spelled otherwise.
        plain = re.sub(r"/\*.*?\*/|::\w+(\[\])?", "", sql)
        return " ".join(re.sub(r"'[^']*'|\$?[0-9]+", "?", plain).split())

    assert statements("acme") == statements("nosuchtenant")


@pytest.mark.parametrize("tells", ["query", "header", "body"])
def test_t20_only_the_address_says_which_tenant_is_meant(ada_portal: Browser, globex: Tenant, tells: str) -> None:
    said = {"tenant": globex.slug, "slug": globex.slug, "schema_name": globex.schema_name, "id": str(globex.pk)}
    path = "/tenants/acme/settings/"
    answer = {
        "query": lambda: ada_portal.get(path, said),
        "header": lambda: ada_portal.get(path, headers={f"X-{name}": value for name, value in said.items()}),
        "body": lambda: ada_portal.post(path, said, follow=True),
    }[tells]()
    assert "Acme" in answer.content.decode()
    assert "Globex" not in answer.content.decode()


@pytest.fixture
def secrets(acme: Tenant, bookshop: Application, carol: Account, acme_things: Things) -> Secrets:
    return Secrets(acme, bookshop, carol)


def test_p12_o30_the_owner_gets_in_sees_nothing_secret_and_changes_nothing_by_looking(
    ada_portal: Browser, acme: Tenant, acme_things: Things, secrets: Secrets
) -> None:
    before = _everything(acme)

    for door in TENANT_DOORS:
        page = _in_german(ada_portal.get, acme_things.url(door))
        assert _is_let_in(page, door), door
        assert secrets.seen_on(page) == set(), door

    assert _everything(acme) == before


def _in_german(ask: Callable[..., Any], url: str) -> Any:
    """In another language every sentence is put together anew, from the same things."""
    page = ask(url, headers={"accept-language": "de"})
    if page.status_code == HTTPStatus.OK and page["Content-Type"].startswith("text/html"):
        assert page["Content-Language"] == "de", url
    return page


def _is_let_in(answer: Any, door: Door) -> bool:
    # 405: a door for sending forms only.
    return answer.status_code in ({NOT_A_PAGE} if door.is_shut else {200, 302, 405})


@pytest.mark.parametrize("role", [role for role in AdministratorRole if role is not AdministratorRole.OWNER])
def test_p01_every_role_gets_through_the_doors_of_its_row_and_through_no_other(
    role: AdministratorRole, acme: Tenant, stranger: Account, stranger_portal: Browser, acme_things: Things
) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=role, actor=Actor.command())

    held = allowed(in_the_tenant=role)
    dead = {door.name: _insist(door, stranger, held, stranger_portal, acme_things) for door in TENANT_DOORS}

    assert {name: links for name, links in dead.items() if links} == {}


@pytest.mark.parametrize("role", [role for role in ROLES_OF_OPERATORS if role is not AdministratorRole.OWNER])
def test_p01_an_operator_who_only_looks_gets_in_to_what_is_the_installations(
    role: AdministratorRole, home: Tenant, stranger: Account, stranger_portal: Browser, acme_things: Things
) -> None:
    add_membership(tenant=home, account_id=stranger.pk, role=role, actor=Actor.command())

    held, everywhere = allowed(as_operator=role), allowed(as_operator=role, in_the_tenant="")
    doors = [door for door in DOORS if not door.shows_nothing and not door.is_about_a_tenant]
    dead = {
        door.name: _insist(door, stranger, held, stranger_portal, acme_things, in_tenants=everywhere) for door in doors
    }

    assert {name: links for name, links in dead.items() if links} == {}
    assert stranger_portal.get("/tenants/acme/").status_code == 200


def _insist(
    door: Door, account: Account, held: Need, browser: Browser, things: Things, *, in_tenants: Need | None = None
) -> set[str]:
    """The page opens to whoever holds what it says it needs, and its form is taken from nobody who may not send it.

    Returns where the page leads to that doesn't open. A role of operators holds more in tenants than above them.
    """
    if needed(door.needs, sends_a_form=True) not in held:
        assert is_refused(door, "POST", account, things), door
    if door.needs not in held:
        assert is_refused(door, "GET", account, things), door
        return set()
    dead: set[str] = set()
    for url in things.urls(door):
        answer = browser.get(url)
        assert (answer.status_code == NOT_A_PAGE) == door.is_shut, door
        if not answer.streaming:
            html = answer.content.decode(errors="replace")
            dead |= dead_links(html, at=url, held=held if in_tenants is None else in_tenants)
    return dead


def test_only_operators_get_to_what_is_the_installations(
    olga_portal: Browser, ada_portal: Browser, stranger_portal: Browser, acme_things: Things
) -> None:
    for door in DOORS:
        if door.name in FOR_OPERATORS:
            url = acme_things.url(door)
            # 405: a door for sending forms only.
            assert olga_portal.get(url).status_code in {200, 405}, door
            for browser in (ada_portal, stranger_portal):
                assert browser.get(url).status_code == browser.post(url).status_code == NOT_A_PAGE, door


def test_t20_things_of_another_tenant_are_not_found_in_ones_own(
    ada: Account, ada_portal: Browser, acme_things: Things, globex_things: Things
) -> None:
    session = ada_portal.session
    foreign = {name: value for name, value in globex_things.values.items() if isinstance(value, UUID)}
    for door in NESTED_DOORS:
        for parameter in foreign.keys() & {*door.parameters}:
            for value in (foreign[parameter], uuid4()):
                url = acme_things.url(door, **{parameter: value})
                assert status_of(url, "GET", ada, session) in {NOT_A_PAGE, 405}, url
                assert status_of(url, "POST", ada, session) in {NOT_A_PAGE, 405}, url


def test_p12_a_post_from_another_site_is_refused_at_every_door(
    olga: object, home: Tenant, olga_portal: Browser, acme_things: Things
) -> None:
    browser = Browser(home, checks_csrf=True)
    browser.cookies = olga_portal.cookies

    for door in DOORS:
        if not door.shows_nothing:
            assert browser.post(acme_things.url(door), {"name": "x"}).status_code == 403, door


def test_p12_o30_the_operator_gets_in_sees_nothing_secret_and_changes_nothing_by_looking(
    olga_portal: Browser, acme: Tenant, acme_things: Things, secrets: Secrets
) -> None:
    before = _everything(acme)

    # Those about a tenant are made for her as for its owner; tests/portal/test_in_a_browser.py shows each to Olga.
    for door in DOORS:
        if not door.is_about_a_tenant:
            assert _is_let_in(olga_portal.head(acme_things.url(door)), door), door
            page = _in_german(olga_portal.get, acme_things.url(door))
            assert _is_let_in(page, door), door
            assert secrets.seen_on(page) == set(), door
    assert olga_portal.get("/tenants/acme/").status_code == HTTPStatus.OK

    assert _everything(acme) == before


def _everything(tenant: Tenant) -> dict[str, list[str]]:
    """Every row that a page could change, but the browser's own session."""
    rows: dict[str, list[str]] = {}
    for model in apps.get_models():
        label = model._meta.app_label
        if label in settings.SHARED_APPS and label == "tenants":
            with schema_context(PUBLIC):
                rows[model._meta.label] = _rows(model)
        elif label in settings.TENANT_APPS and model is not Session and model._meta.managed:
            with tenant_context(tenant):
                rows[model._meta.label] = _rows(model)
    assert rows[Message._meta.label]
    return rows


def _rows(model: type[models.Model]) -> list[str]:
    return sorted(str(row) for row in model._default_manager.values())
