"""Two tenants in which everything has the same name: nothing of one is worth anything in the other (T-14)."""

from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application, ClientSecret
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import leads_to
from userflows.models import UserFlow


def _copy(rows: list[Any], **changes: Any) -> None:
    for row in rows:
        row._state.adding = True
        for name, value in changes.items():
            setattr(row, name, value)
        Model.save(row, force_insert=True)


@pytest.fixture
def twin(shop: RelyingParty, globex: Tenant, acme: Tenant, carol: Account) -> RelyingParty:
    """Carol and Bookshop once more, at globex: the same keys, address, password hash and client secret."""
    with tenant_context(acme):
        account, application = Account.objects.get(pk=carol.pk), Application.objects.get(pk=shop.application.pk)
        secrets = list(ClientSecret.objects.filter(application=application))
    with tenant_context(globex):
        Application.objects.all().delete()
        _copy([account])
        _copy([application], user_flow=UserFlow.objects.get(is_default=True))
        _copy(secrets)
        browser = Browser(globex)
        browser.sign_in(account)
        return RelyingParty(browser, application, shop.secret)


def test_t14_codes_and_tokens_are_worth_nothing_at_the_twin(shop: RelyingParty, twin: RelyingParty) -> None:
    assert twin.tokens()["refresh_token"]
    code, tokens = shop.code(), shop.tokens()
    twin.verifier = shop.verifier
    assert twin.exchange(code).json()["error"] == "invalid_grant"
    assert twin.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert twin.userinfo(tokens["access_token"]).status_code == 401
    for token in ("access_token", "refresh_token"):
        assert twin.introspect(tokens[token]).json() == {"active": False}
        assert twin.revoke(tokens[token]).status_code == 200
    assert twin.authorize(prompt="none", id_token_hint=tokens["id_token"])["Location"].count("error=")
    # Nothing of it did any harm at home.
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    assert shop.exchange(code).status_code == 200


def test_t14_a_session_is_worth_nothing_at_the_twin(shop: RelyingParty, twin: RelyingParty) -> None:
    key = shop.browser.cookies[f"{settings.SESSION_COOKIE_NAME}_acme"].value
    thief = Browser(twin.browser.tenant)
    for name in (settings.SESSION_COOKIE_NAME, f"{settings.SESSION_COOKIE_NAME}_globex"):
        thief.cookies[name] = key
    assert "/go/" in leads_to(thief.get("/oidc/authorize", twin.request()))
    assert thief.get("/profile/").status_code in {302, 303}


def test_t14_a_pushed_request_and_a_journey_are_worth_nothing_at_the_twin(
    shop: RelyingParty, twin: RelyingParty
) -> None:
    uri = shop.as_client("/oidc/par", **shop.request()).json()["request_uri"]
    stolen = twin.browser.get("/oidc/authorize", {"client_id": twin.client_id, "request_uri": uri})
    assert "error=invalid_request_uri" in stolen.headers.get("Location", "") or stolen.status_code == 400
    journey = shop.authorize(prompt="login")["Location"].removeprefix("/t/acme")
    thief = Browser(twin.browser.tenant)
    for name, morsel in shop.browser.cookies.items():
        thief.cookies[name.replace("acme", "globex")] = morsel.value
    assert thief.get(journey).status_code == 404
