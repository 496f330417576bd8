"""Ada lets applications register themselves, and hands out tokens for it."""

import json

from django_tenants.utils import tenant_context

from oidc.models import InitialAccessToken, RegistrationSwitch
from tenants.models import Tenant
from tests.browser import Browser

PAGE = "/tenants/acme/settings/registration/"


def test_a_token_is_made_used_and_revoked(ada_portal: Browser, acme: Tenant, acme_browser: Browser) -> None:
    assert "Off" in ada_portal.get(PAGE).content.decode()
    on = ada_portal.post(f"{PAGE}switch", {"switch": "on"}, follow=True).content.decode()
    assert "/t/acme/oidc/register" in on
    made = ada_portal.post(PAGE, {"description": "Partners", "days": "30", "max_registrations": "2"}, follow=True)
    value = made.context["value"]
    assert value in made.content.decode()
    assert value not in ada_portal.get(PAGE).content.decode()
    headers = {"Authorization": f"Bearer {value}"}
    metadata = json.dumps({"client_name": "Newcomer", "redirect_uris": ["https://new.example/cb"]})
    said = acme_browser.post("/oidc/register", metadata, "application/json", headers=headers).json()
    shown = ada_portal.get(f"/tenants/acme/applications/{said['client_id']}/").content.decode()
    assert "Registered itself" in shown
    assert "1 of 2" in ada_portal.get(PAGE).content.decode()
    with tenant_context(acme):
        token = InitialAccessToken.objects.get()
    assert "Revoked" in ada_portal.post(f"{PAGE}tokens/{token.pk}/revoke", follow=True).content.decode()
    assert acme_browser.post("/oidc/register", metadata, "application/json", headers=headers).status_code == 401


def test_anyone_may_register_only_after_a_look_at_what_changes(ada_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(f"{PAGE}switch", {"switch": "on"})
    assert "without a token" in ada_portal.get(f"{PAGE}open").content.decode()
    with tenant_context(acme):
        assert not RegistrationSwitch.lets_anyone()
    assert "Open to anyone" in ada_portal.post(f"{PAGE}open", follow=True).content.decode()
    ada_portal.post(f"{PAGE}switch", {"switch": "on"})
    with tenant_context(acme):
        assert not RegistrationSwitch.lets_anyone()


def test_what_cant_be_is_told_at_its_field(ada_portal: Browser, acme: Tenant) -> None:
    answer = ada_portal.post(PAGE, {"description": "Partners", "days": "0", "max_registrations": "5000"})
    assert answer.content.decode().count('class="errorlist"') >= 2
    assert 'value="Partners"' in answer.content.decode()
