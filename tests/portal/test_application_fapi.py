"""FAPI 2.0 in the portal: what it requires, what stands in the way, and the switch."""

import json

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.services.application import change_application
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.key_holder import COMMAND, EC_KEY, jwk


@pytest.fixture
def page(bookshop: Application) -> str:
    return f"/tenants/acme/applications/{bookshop.client_id}/fapi/"


def kept(acme: Tenant, bookshop: Application) -> Application:
    with tenant_context(acme):
        return Application.objects.get(pk=bookshop.pk)


def ready(acme: Tenant, bookshop: Application) -> None:
    keys = json.dumps({"keys": [jwk(EC_KEY, kid="ec")]})
    uris = ("https://bookshop.example/callback",)
    with tenant_context(acme):
        change_application(bookshop, auth_method="private_key_jwt", jwks=keys, redirect_uris=uris, actor=COMMAND)


def test_eve_turns_nothing_off(acme: Tenant, bookshop: Application, page: str) -> None:
    assert Browser(acme).post(page, {"off": "1"}).status_code in {302, 303, 403, 404}


def test_ada_reads_what_stands_in_the_way_and_cant_turn_it_on(
    ada_portal: Browser, acme: Tenant, bookshop: Application, page: str
) -> None:
    shown = ada_portal.get(page).content.decode()
    assert "Some settings don’t fit the profile" in shown
    assert f"/applications/{bookshop.client_id}/credentials/authentication/" in shown
    assert "Turn on FAPI 2.0" not in shown
    assert "Stands in the way" in ada_portal.post(page).content.decode()
    assert not kept(acme, bookshop).follows_fapi


def test_ada_turns_it_on_and_off(ada_portal: Browser, acme: Tenant, bookshop: Application, page: str) -> None:
    ready(acme, bookshop)
    shown = ada_portal.get(page).content.decode()
    assert "Comes with it" in shown
    settings = page.removesuffix("fapi/")
    assert ada_portal.post(page)["Location"] == settings
    strict = kept(acme, bookshop)
    assert (strict.follows_fapi, strict.requires_dpop, strict.requires_pushed_requests) == (True, True, True)
    assert "held to the strict rules" in ada_portal.get(settings).content.decode()
    assert "Turn off FAPI 2.0" in ada_portal.get(page).content.decode()
    assert "FAPI 2.0: the library pushes" in ada_portal.get(f"{settings}quick-start/").content.decode()
    ada_portal.post(page, {"off": "1"})
    assert not kept(acme, bookshop).follows_fapi


def test_while_it_is_on_the_settings_say_why_something_cant_be_loosened(
    ada_portal: Browser, acme: Tenant, bookshop: Application, page: str
) -> None:
    ready(acme, bookshop)
    ada_portal.post(page)
    settings = page.removesuffix("fapi/")
    form = ada_portal.get(settings).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value()}
    typed |= {name: "\n".join(value) for name, value in typed.items() if isinstance(value, list)}
    loosened = {name: value for name, value in typed.items() if name != "requires_pkce"}
    answer = ada_portal.post(settings, loosened)
    assert "FAPI 2.0 requires" in " ".join(answer.context["form"].errors["requires_pkce"])
    assert ada_portal.post(settings, typed | {"requires_signed_requests": "on"})["Location"] == settings
    assert kept(acme, bookshop).requires_signed_requests
