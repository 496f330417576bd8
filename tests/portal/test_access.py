"""Who may see which page: every door says what it needs, and whoever isn't allowed that finds nothing there."""

import pytest

from portal_frame import pages
from portal_frame.access import (
    IN_A_TENANT,
    IN_THE_INSTALLATION,
    OF_A_TENANT,
    OF_EVERY_ADMINISTRATOR,
    OF_THE_INSTALLATION,
    TO_LOOK_AT_A_TENANT,
    Need,
    allowed,
    may_grant,
    needed,
    of_role,
)
from portal_frame.roles import WORDS, name_of
from tenants.models import Tenant
from tenants.policies import ROLES_OF_OPERATORS, AdministratorRole
from tests.browser import Browser
from tests.portal.doors import DOORS, Door

NOT_A_PAGE = 404


def says_what_it_needs(door: Door) -> bool:
    # What a page about a tenant keeps of its reader's own needs their profile besides.
    needs = door.needs & ~Need.OWN_PROFILE if door.is_about_a_tenant else door.needs
    return bool(needs) and needs in (
        OF_A_TENANT if door.is_about_a_tenant else OF_EVERY_ADMINISTRATOR | OF_THE_INSTALLATION
    )


def test_every_door_says_what_it_needs() -> None:
    assert [door for door in DOORS if not door.shows_nothing and not says_what_it_needs(door)] == []


def test_every_need_is_somebodys_and_every_role_knows_what_it_allows() -> None:
    somebodys = [OF_EVERY_ADMINISTRATOR, OF_THE_INSTALLATION, OF_A_TENANT]

    assert [sum(need in needs for needs in somebodys) for need in Need] == [1] * len(Need)
    assert {*IN_A_TENANT} == {*WORDS} == {*AdministratorRole}
    assert {*IN_THE_INSTALLATION} == {*ROLES_OF_OPERATORS}


def test_an_owner_is_allowed_all_of_their_tenant_and_nothing_of_the_installation() -> None:
    assert allowed(in_the_tenant=AdministratorRole.OWNER) == OF_EVERY_ADMINISTRATOR | OF_A_TENANT
    assert allowed() == OF_EVERY_ADMINISTRATOR


def test_an_operators_role_is_theirs_in_every_tenant_besides_what_they_are_there() -> None:
    everything = OF_EVERY_ADMINISTRATOR | OF_A_TENANT | OF_THE_INSTALLATION
    assert allowed(as_operator=AdministratorRole.OWNER, in_the_tenant="") == everything
    assert (
        allowed(as_operator=AdministratorRole.READER, in_the_tenant=AdministratorRole.OWNER) & OF_A_TENANT
        == OF_A_TENANT
    )
    assert allowed(as_operator=AdministratorRole.READER, in_the_tenant="") & OF_A_TENANT == TO_LOOK_AT_A_TENANT
    assert Need.TENANTS_CREATE not in allowed(
        as_operator=AdministratorRole.AUDITOR, in_the_tenant=AdministratorRole.OWNER
    )


def test_a_role_that_this_release_doesnt_know_allows_nothing() -> None:
    assert allowed(as_operator="emperor", in_the_tenant="emperor") == OF_EVERY_ADMINISTRATOR
    assert name_of("emperor") == "emperor"


@pytest.mark.parametrize("role", [role for role in AdministratorRole if role is not AdministratorRole.OWNER])
def test_p03_whoever_isnt_an_owner_can_give_no_role_at_all(role: AdministratorRole) -> None:
    assert [given for given in AdministratorRole if may_grant(given, held=of_role(role), is_home=False)] == []


def test_p03_nobody_gives_what_they_dont_hold_not_even_who_may_change_administrators() -> None:
    held = of_role(AdministratorRole.SUPPORT) | Need.ADMINISTRATORS_CHANGE

    assert [role for role in AdministratorRole if may_grant(role, held=held, is_home=False)] == [
        AdministratorRole.SUPPORT
    ]
    assert not may_grant(AdministratorRole.READER, held=OF_A_TENANT, is_home=True)


def test_p03_no_operator_but_an_owner_changes_accounts_by_which_they_could_become_one() -> None:
    for role in ROLES_OF_OPERATORS:
        if role is not AdministratorRole.OWNER:
            held = of_role(role)
            assert not (Need.CUSTOMERS_CHANGE | Need.CUSTOMERS_IMPORT | Need.OUTBOX_READ) & held


def test_a_reader_sees_everything_but_codes_and_changes_nothing() -> None:
    to_look = {need for need in OF_A_TENANT if str(need.name).endswith("_READ")}

    assert {*of_role(AdministratorRole.READER)} == to_look - {Need.OUTBOX_READ}


def test_whoever_sends_a_form_must_be_allowed_to_change_what_the_page_shows() -> None:
    page = Need.APPLICATIONS_READ | Need.CUSTOMERS_READ

    assert needed(page, sends_a_form=False) == page
    assert needed(page, sends_a_form=True) == page | Need.APPLICATIONS_CHANGE | Need.CUSTOMERS_CHANGE


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
        [name for name in menu if name not in {"Customers", "Groups", "Company branding", "Words"}],
        [tab for tab in tabs if tab != "Signing keys"],
    )
    assert {"Customers", "Groups", "Company branding"} < {*menu}
    assert "Signing keys" in tabs
