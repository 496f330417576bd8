"""Ada turns further ways to get tokens on and off for an application."""

import pytest
from django_tenants.utils import tenant_context

from applications.models import DEVICE_CODE, TOKEN_EXCHANGE, Application
from audit.models import Event
from tests.portal.test_applications import page_of

CHANGE = "credentials/grants/"


def kept(application, tenant):
    with tenant_context(tenant):
        return Application.objects.get(pk=application.pk)


def test_on_and_off_again(ada_portal, acme, bookshop):
    assert "Further grants" in ada_portal.get(page_of(bookshop, "credentials/")).content.decode()
    answer = ada_portal.post(page_of(bookshop, CHANGE), {"allows_device_grant": "on", "allows_token_exchange": "on"})
    assert answer.url == page_of(bookshop, "credentials/")
    assert {DEVICE_CODE, TOKEN_EXCHANGE} <= set(kept(bookshop, acme).grant_types)
    with tenant_context(acme):
        event = Event.objects.get(action="application.grants_changed")
    assert event.details == {"fields": ["allows_device_grant", "allows_token_exchange"]}
    ada_portal.post(page_of(bookshop, CHANGE), {"allows_device_grant": "on"})
    assert TOKEN_EXCHANGE not in kept(bookshop, acme).grant_types


def test_each_kind_is_offered_what_it_may_have(ada_portal, acme, mobile, reports):
    page = ada_portal.get(page_of(mobile, CHANGE)).content.decode()
    assert "Device code" in page
    assert "Token exchange" not in page
    ada_portal.post(page_of(mobile, CHANGE), {"allows_token_exchange": "on", "allows_device_grant": "on"})
    assert not kept(mobile, acme).allows_token_exchange
    assert kept(mobile, acme).allows_device_grant
    assert "Device code" not in ada_portal.get(page_of(reports, CHANGE)).content.decode()


def test_eve_and_grace_find_no_such_page(grace_portal, acme, bookshop):
    answer = grace_portal.post(page_of(bookshop, CHANGE), {"allows_device_grant": "on"})
    assert answer.status_code == 404
    assert not kept(bookshop, acme).allows_device_grant


@pytest.mark.parametrize("spelling", [DEVICE_CODE, TOKEN_EXCHANGE, "authorization-code", "authorization_code"])
def test_the_toolkit_and_the_wire_spell_alike(spelling):
    application = Application(kind="web", allows_device_grant=True, allows_token_exchange=True)
    assert application.allows_grant_type(spelling)
    assert not Application(kind="service").allows_grant_type(spelling)
