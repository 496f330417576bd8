"""Ada chooses by which grants an application gets tokens."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.policies.grants import DEVICE_CODE, TOKEN_EXCHANGE
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.registrations import page_of

CHANGE = "credentials/grants/"
CODE_AND_REFRESH = ["authorization_code", "refresh_token"]


def grants_of(application: Application, tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return list(Application.objects.get(pk=application.pk).grant_types)


def test_what_is_ticked_is_what_the_application_may_use(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    assert "Refresh token" in ada_portal.get(page_of(bookshop, "credentials/")).content.decode()
    everything = [*CODE_AND_REFRESH, "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE]
    answer = ada_portal.post(page_of(bookshop, CHANGE), {"grant_types": everything})
    assert answer["Location"] == page_of(bookshop, "credentials/")
    assert grants_of(bookshop, acme) == everything
    with tenant_context(acme):
        event = Event.objects.get(action="application.changed")
    assert event.details["fields"] == ["grant_types"]
    further = [DEVICE_CODE, TOKEN_EXCHANGE]
    assert event.details["added"] == [f"grant_types.{grant}" for grant in further]
    ada_portal.post(page_of(bookshop, CHANGE), {"grant_types": ["authorization_code"]})
    assert grants_of(bookshop, acme) == ["authorization_code"]
    page = ada_portal.get(page_of(bookshop, "credentials/")).content.decode()
    assert "Authorization code" in page
    assert "Refresh token" not in page


@pytest.mark.parametrize(
    ("name", "offered", "withheld"),
    [
        ("mobile", "Device code", "Client credentials"),
        ("mobile", "Refresh token", "Token exchange"),
        ("reports", "Token exchange", "Authorization code"),
    ],
)
def test_each_kind_is_offered_what_it_may_have(
    ada_portal: Browser, request: pytest.FixtureRequest, name: str, offered: str, withheld: str
) -> None:
    page = ada_portal.get(page_of(request.getfixturevalue(name), CHANGE)).content.decode()
    assert offered in page
    assert withheld not in page


def test_o36_a_form_with_more_than_was_offered_changes_nothing(
    ada_portal: Browser, acme: Tenant, mobile: Application
) -> None:
    answer = ada_portal.post(page_of(mobile, CHANGE), {"grant_types": ["authorization_code", TOKEN_EXCHANGE]})
    assert answer.status_code == 200
    assert grants_of(mobile, acme) == CODE_AND_REFRESH


@pytest.mark.parametrize(
    ("ticked", "sentence"), [([], "Choose at least one."), (["refresh_token"], "Refresh tokens come from a sign-in")]
)
def test_a_choice_that_makes_no_sense_is_explained(
    ada_portal: Browser, acme: Tenant, mobile: Application, ticked: list[str], sentence: str
) -> None:
    assert sentence in ada_portal.post(page_of(mobile, CHANGE), {"grant_types": ticked}).content.decode()
    assert grants_of(mobile, acme) == CODE_AND_REFRESH


def test_eve_and_grace_find_no_such_page(grace_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    answer = grace_portal.post(page_of(bookshop, CHANGE), {"grant_types": [DEVICE_CODE]})
    assert answer.status_code == 404
    assert DEVICE_CODE not in grants_of(bookshop, acme)


@pytest.mark.parametrize("spelling", [DEVICE_CODE, TOKEN_EXCHANGE, "authorization-code", "authorization_code"])
def test_the_toolkit_and_the_wire_spell_alike(spelling: Any) -> None:
    application = Application(kind="web", grants=f"authorization_code {DEVICE_CODE} {TOKEN_EXCHANGE}")
    assert application.allows_grant_type(spelling)
    assert not Application(kind="service", grants="client_credentials").allows_grant_type(spelling)
