"""Another app on Carol's device that says it is Mobile: whoever can't prove it gets no code behind her back.

RFC 8252 section 8.6. An app of Eve's listens on loopback, knows Mobile's client ID and keeps the verifier of its own.
"""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from applications.services.registration import register_application
from oidc.consents.services import withdraw_consent
from oidc.models import Consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.apis import COMMAND
from tests.oidc.consent_page import asks
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import leads_to

PRIVATE_SCHEME = "com.acme.mobile:/callback"
CLAIMED = "https://mobile.acme.example/callback"


@pytest.fixture
def device(acme: Tenant, mobile: Application, carol: Account) -> RelyingParty:
    """Carol's, where she is signed in and has never opened Mobile."""
    browser = Browser(acme)
    browser.sign_in(carol)
    return RelyingParty(browser, mobile)


def reached_at(device: RelyingParty, *uris: str) -> RelyingParty:
    with tenant_context(device.browser.tenant):
        change_application(device.application, redirect_uris=uris, actor=COMMAND)
    device.redirect_uri = uris[0]
    return device


def test_o53_an_app_that_passes_for_mobile_gets_no_code_unseen(device: RelyingParty) -> None:
    device.redirect_uri = "http://127.0.0.1:49152/callback"
    assert answer_in(device.authorize(prompt="none"))["error"] == "consent_required"
    assert answer_in(device.authorize(prompt="none", scope="openid"))["error"] == "consent_required"
    page = asks(device)
    assert "Continue to <bdi>Mobile</bdi>?" in page.text
    assert "carol@acme.example" in page.text
    # Nothing but Carol's own press counts: not her coming back, not an answer for somebody else.
    assert page.press("allow", account="").status_code == 200
    assert answer_in(device.authorize(prompt="none"))["error"] == "consent_required"


def test_o53_nor_does_one_that_claims_the_same_scheme(device: RelyingParty) -> None:
    reached_at(device, PRIVATE_SCHEME)
    assert answer_in(device.authorize(prompt="none"))["error"] == "consent_required"
    asks(device)


def test_o53_nor_one_that_passes_for_a_single_page_application_somebody_tries_on_localhost(
    device: RelyingParty, acme: Tenant
) -> None:
    uris = ["https://shop.acme.example/callback", "http://localhost:5173/callback"]
    with tenant_context(acme):
        shop = RelyingParty(
            device.browser, register_application(name="Shop", kind="spa", redirect_uris=uris, actor=COMMAND)
        )
    assert "code" in answer_in(shop.authorize(prompt="none"))
    assert answer_in(shop.authorize(prompt="none", redirect_uri=uris[1]))["error"] == "consent_required"


def test_an_address_that_belongs_to_mobile_alone_needs_no_page(device: RelyingParty) -> None:
    reached_at(device, CLAIMED, PRIVATE_SCHEME)
    assert "code" in answer_in(device.authorize(prompt="none"))
    device.redirect_uri = PRIVATE_SCHEME
    asks(device)


def test_carol_goes_on_once_and_is_not_asked_again(device: RelyingParty) -> None:
    code = answer_in(asks(device).press("allow"))["code"]
    assert "id_token" in device.exchange(code).json()
    assert "code" in answer_in(device.authorize(prompt="none"))
    assert "code" in answer_in(device.authorize())


def test_carol_cancels_and_mobile_is_told(device: RelyingParty) -> None:
    assert answer_in(asks(device).press("deny"))["error"] == "access_denied"
    asks(device)


def test_signing_in_for_mobile_is_page_enough_but_only_for_that_request(device: RelyingParty) -> None:
    device.browser = browser = Browser(device.browser.tenant)
    password = leads_to(browser.post(journey_of(device), {"email": "carol@acme.example"}))
    answer = browser.get(browser.post(password, {"password": PASSWORD})["Location"])
    assert "code" in answer_in(answer)
    assert answer_in(device.authorize(prompt="none"))["error"] == "consent_required"


def journey_of(device: RelyingParty) -> Any:
    return leads_to(device.authorize())


def test_choosing_the_account_for_mobile_is_page_enough(device: RelyingParty, carol: Account) -> None:
    address = device.authorize(prompt="select_account")["Location"]
    assert "Mobile" in device.browser.get(address).content.decode()
    assert "code" in answer_in(device.browser.post(address, {"account": str(carol.pk)}))


def test_what_carol_allowed_mobile_counts_here_too(device: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        change_application(device.application, asks_for_consent=True, actor=COMMAND)
    page = asks(device, scope="openid email")
    assert "See your email address" in page.text
    page.press("allow")
    assert "code" in answer_in(device.authorize(scope="openid email", prompt="none"))
    with tenant_context(acme):
        change_application(device.application, asks_for_consent=False, actor=COMMAND)
    assert "code" in answer_in(device.authorize(prompt="none"))


def test_carol_sees_mobile_in_her_profile_and_takes_it_back(device: RelyingParty, acme: Tenant, carol: Account) -> None:
    asks(device).press("allow")
    connected = device.browser.get("/oidc/applications/").content.decode()
    assert "Mobile" in connected
    assert "It can sign you in without asking again." in connected
    with tenant_context(acme):
        withdraw_consent(carol, device.application)
    asks(device)


def test_nobody_goes_on_in_anothers_name(device: RelyingParty, acme: Tenant) -> None:
    page = asks(device)
    stranger = Browser(acme)
    assert "code" not in stranger.post(page.path, {**page.fields, "answer": "allow"}).get("Location", "")
    with tenant_context(acme):
        assert not Consent.objects.exists()


def test_bookshop_proves_who_it_is_wherever_it_runs(shop: RelyingParty) -> None:
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, redirect_uris=["http://localhost:3000/callback"], actor=COMMAND)
    shop.redirect_uri = "http://localhost:3000/callback"
    assert "code" in answer_in(shop.authorize(prompt="none"))
