"""Who may see which page: every door says what it needs, and whoever isn't allowed that finds nothing there."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from frame import pages
from frame.access import (
    OF_A_TENANT,
    OF_EVERY_ADMINISTRATOR,
    OF_THE_INSTALLATION,
    TO_SEND_THE_FORM,
    Need,
    allowed,
    needed,
)
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.doors import DOORS, TENANT_DOORS, Door, things_of

READING = Need.TENANTS_READ | Need.OVERVIEW_READ | Need.FIGURES_READ | Need.OUTBOX_READ | Need.INSTALLATION_READ
for to_read in TO_SEND_THE_FORM:
    READING |= to_read
# Leads to the list of tenants, and shows nothing by itself.
SHOWS_NOTHING = {"start"}
NOT_A_PAGE = 404


def _views(resolver: URLResolver, *, inside: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= _views(pattern, inside=inside or pattern.namespace == "portal")
        elif inside and pattern.name:
            found[pattern.name] = pattern.callback
    return found


VIEWS = _views(get_resolver(settings.HOME_URLCONF))


def needs_of(door: Door) -> Need:
    return VIEWS[door.name].needs


@pytest.mark.parametrize("door", [door for door in DOORS if door.name not in SHOWS_NOTHING], ids=str)
def test_every_door_says_what_it_needs(door: Door) -> None:
    needs = needs_of(door)

    assert needs
    assert needs in (OF_A_TENANT if door.is_about_a_tenant else OF_EVERY_ADMINISTRATOR | OF_THE_INSTALLATION)


def test_every_need_is_some_doors_and_somebodys() -> None:
    somebodys = [OF_EVERY_ADMINISTRATOR, OF_THE_INSTALLATION, OF_A_TENANT]
    at_the_doors = Need(0)
    for door in DOORS:
        if door.name not in SHOWS_NOTHING:
            at_the_doors |= needed(needs_of(door), sends_a_form=True)

    assert [sum(need in needs for needs in somebodys) for need in Need] == [1] * len(Need)
    assert set(Need) == set(at_the_doors)


def test_an_administrator_is_allowed_all_of_the_tenants_they_manage_and_nothing_of_the_installation() -> None:
    assert allowed(is_operator=False, manages_the_tenant=True) == OF_EVERY_ADMINISTRATOR | OF_A_TENANT
    assert allowed(is_operator=False, manages_the_tenant=False) == OF_EVERY_ADMINISTRATOR
    assert (
        allowed(is_operator=True, manages_the_tenant=True) == OF_EVERY_ADMINISTRATOR | OF_A_TENANT | OF_THE_INSTALLATION
    )


def test_whoever_sends_a_form_must_be_allowed_to_change_what_the_page_shows() -> None:
    page = Need.APPLICATIONS_READ | Need.CUSTOMERS_READ

    assert needed(page, sends_a_form=False) == page
    assert needed(page, sends_a_form=True) == page | Need.APPLICATIONS_CHANGE | Need.CUSTOMERS_CHANGE


def test_somebody_who_may_only_look_gets_no_form_through_and_opens_no_page_that_only_changes(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = things_of(acme)
    monkeypatch.setattr(pages, "allowed", lambda **_: READING)

    for door in TENANT_DOORS:
        looked = ada_portal.get(things.url(door))
        sent = ada_portal.post(things.url(door), {"name": "x", "confirmed": "x", "typed_name": "Acme"})
        assert (looked.status_code == NOT_A_PAGE) == (needs_of(door) not in READING or "digest" in door.parameters), (
            door
        )
        assert sent.status_code in {NOT_A_PAGE, 405}, door


def test_whoever_may_not_see_customers_sees_none_of_their_pages_and_all_of_the_others(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "allowed", lambda **_: OF_A_TENANT & ~Need.CUSTOMERS_READ)

    assert ada_portal.get("/tenants/acme/groups/").status_code == NOT_A_PAGE
    assert ada_portal.get("/tenants/acme/applications/").status_code == 200


def test_the_menu_and_the_tabs_lead_nowhere_that_is_shut(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> tuple[list[str], list[str]]:
        page = ada_portal.get("/tenants/acme/settings/").context
        return [entry.name for entry in page["navigation"]], [tab.name for tab in page["tabs"]]

    menu, tabs = shown()
    may_not = Need.CUSTOMERS_READ | Need.BRANDING_READ | Need.SIGNING_KEYS_READ
    monkeypatch.setattr(pages, "allowed", lambda **_: OF_A_TENANT & ~may_not)

    assert shown() == (
        [name for name in menu if name not in {"Groups", "Company branding"}],
        [tab for tab in tabs if tab != "Signing keys"],
    )
    assert {"Groups", "Company branding"} < {*menu}
    assert "Signing keys" in tabs
