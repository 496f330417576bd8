"""The tabs of a thing: those that each package adds to it, in one order, with the current one marked."""

import re

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from portal_frame.tabs import Tab
from tenants.models import Tenant
from tests.browser import Browser
from userflows.models import UserFlow

GROUPS = {
    "Connect": ["Quick start", "Credentials", "Endpoints"],
    "Application": ["Settings", "Appearance", "Sign-out"],
    "Access": ["Tokens", "Claims", "Permissions", "API", "Roles"],
}
ALL_OF_AN_APPLICATION = [name for names in GROUPS.values() for name in names]


def tabs_at(browser: Browser, url: str) -> list[Tab]:
    tabs: list[Tab] = browser.get(url).context["tabs"]
    return tabs


def current(tabs: list[Tab]) -> list[str]:
    return [tab.name for tab in tabs if tab.is_current]


@pytest.fixture
def application(acme: Tenant) -> Application:
    with tenant_context(acme):
        return Application.objects.get(name="Bookshop")


def test_an_application_has_its_tabs_in_one_order_at_each_of_them(
    ada_portal: Browser, application: Application
) -> None:
    for tab in tabs_at(ada_portal, f"/tenants/acme/applications/{application.client_id}/"):
        tabs = tabs_at(ada_portal, tab.url)
        assert [each.name for each in tabs] == ALL_OF_AN_APPLICATION
        assert current(tabs) == [tab.name]


def test_an_applications_tabs_stand_in_three_groups_of_which_one_is_open(
    ada_portal: Browser, application: Application
) -> None:
    page = ada_portal.get(f"/tenants/acme/applications/{application.client_id}/claims/")

    groups = page.context["tab_groups"]
    assert {group.name: [tab.name for tab in group.tabs] for group in groups} == GROUPS
    assert [group.name for group in groups if group.is_current] == ["Access"]
    assert groups[0].url.endswith("/quick-start/")
    # Of the groups that aren't open only the first page is a click away.
    assert f"{application.client_id}/sign-out/" not in page.content.decode()
    assert f"{application.client_id}/roles/" in page.content.decode()


def test_nobody_signs_in_to_a_service_so_it_has_neither_appearance_nor_sign_out(
    ada_portal: Browser, acme: Tenant
) -> None:
    with tenant_context(acme):
        service = Application.objects.get(kind=Application.Kind.SERVICE)

    names = [tab.name for tab in tabs_at(ada_portal, f"/tenants/acme/applications/{service.client_id}/")]

    assert names == [name for name in ALL_OF_AN_APPLICATION if name not in {"Appearance", "Sign-out"}]


def test_settings_of_a_tenant_are_those_of_several_packages(ada_portal: Browser) -> None:
    tabs = tabs_at(ada_portal, "/tenants/acme/settings/")

    assert [tab.name for tab in tabs] == [
        *(
            "General",
            "Domains",
            "Mail",
            "Text messages",
            "CAPTCHA",
            "Sessions",
            "Passwords",
            "Recovery",
            "Deletion",
            "Signing keys",
            "Registration",
            "Logs",
            "Danger zone",
        )
    ]
    for tab in tabs:
        assert current(tabs_at(ada_portal, tab.url)) == [tab.name]


def test_settings_stand_in_groups_so_that_all_of_them_are_in_sight(ada_portal: Browser) -> None:
    page = ada_portal.get("/tenants/acme/settings/passwords/").content.decode()

    row, _, below = page[page.index('<nav class="tab-groups"') :].partition('<ul class="tabs sub-tabs">')
    assert re.findall(r">([^<]+)</a>", row) == ["Tenant", "Messages", "Security", "Issuer", "Logs", "Danger zone"]
    open_group = re.findall(r">([^<]+)</a>", below.partition("</ul>")[0])
    assert open_group == ["CAPTCHA", "Sessions", "Passwords", "Recovery", "Deletion"]


def test_a_page_below_a_tab_has_it_as_the_current_one(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)

    tabs = tabs_at(ada_portal, f"/tenants/acme/user-flows/{flow.pk}/page-layout/de/")

    assert [tab.name for tab in tabs] == [
        "Method",
        "Sign-up",
        "Second factor",
        "Attributes",
        "Page layout",
        "Terms of use",
        "Applications",
        "Run",
    ]
    assert current(tabs) == ["Page layout"]
