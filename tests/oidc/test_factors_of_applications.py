"""Applications of one user flow that ask for different second factors, and customers who go from one to another."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.changes import proposed
from applications.services.application import change_application, register
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from common.problems import Refused
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import PASSWORD, Customer, new_code
from tests.userflows.factors.authenticator import Authenticator, asked_on
from tests.userflows.factors.phone import Clock, with_phone
from userflows.models import UserFlow

ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "value": "2"}}})
NEWS = "https://news.example/callback"


@pytest.fixture
def shop(acme: Tenant, bookshop: Application, bookshop_secret: str) -> RelyingParty:
    """Bookshop in a browser in which nobody is signed in; its user flow asks everybody for a code by mail."""
    with tenant_context(acme):
        UserFlow.objects.update(methods=["password"], second_factor="always", factors=["mail"])
        forget_everything()
    return RelyingParty(Browser(acme), bookshop, bookshop_secret)


@pytest.fixture
def news(acme: Tenant, shop: RelyingParty) -> RelyingParty:
    """Another application of the same flow, in the same browser, which never asks."""
    with tenant_context(acme):
        wished = proposed("News", "web").with_values(redirect_uris=(NEWS,), second_factor="never")
        application = register(wished, actor=Actor.command())
        return RelyingParty(shop.browser, application, new_secret(application))


def _let(application: Application, **values: Any) -> None:
    change_application(application, actor=Actor.command(), **values)


def _comes(shop: RelyingParty, **parameters: str) -> Customer:
    customer = Customer(shop.browser.tenant, shop.browser)
    customer.follow(shop.authorize(**parameters))
    return customer


def _told(shop: RelyingParty, customer: Customer, **fields: str) -> dict[str, Any]:
    """What the ID token says, once the page at hand was sent."""
    ended = customer.browser.post(customer.path, fields)
    code = answer_in(shop.browser.get(ended["Location"]))["code"]
    return shop.accepts(shop.exchange(code).json()["id_token"], audience=shop.client_id)


def _by_password(shop: RelyingParty, email: str) -> dict[str, Any]:
    customer = _comes(shop)
    customer.submit({"email": email})
    return _told(shop, customer, password=PASSWORD)


def test_a26_what_an_application_that_never_asks_has_let_in_nobody_else_takes_for_proved(
    acme: Tenant, shop: RelyingParty, news: RelyingParty, carol: Account
) -> None:
    """Eve knows Carol's password and reads none of her mail. At News it does; further she doesn't come."""
    told = _by_password(news, carol.email)
    assert (told["acr"], told["amr"]) == ("1", ["pwd"])
    assert "code" in answer_in(news.authorize(prompt="none"))

    assert answer_in(shop.authorize(prompt="none"))["error"] == "interaction_required"
    eve = _comes(shop)
    assert "<h1>Confirm it's you by email</h1>" in eve.text
    # Nor on the pages of the account, neither to read nor, minutes after the password, to change anything.
    for path in ("/profile/", "/profile/email/", "/profile/data/", "/profile/passkeys/", "/oidc/applications/"):
        assert "<h1>Confirm it's you by email</h1>" in (eve.visit(path), eve.text)[1], path
    eve.follow(eve.browser.post("/profile/", {"givenName": "Eve"}))
    with tenant_context(acme):
        assert not Event.objects.filter(action="customer.profile_changed").exists()

    eve.submit({}, to="send-second")
    eve.submit({"code": new_code(acme, carol.email)})
    assert "<title>Your profile" in eve.text
    assert "code" in answer_in(shop.authorize(prompt="none"))


def test_a26_a_level_that_is_asked_for_is_proved_at_an_application_that_never_asks(
    acme: Tenant, shop: RelyingParty, news: RelyingParty, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer_in(news.authorize(claims=ESSENTIAL))["error"] == "unmet_authentication_requirements"
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    _by_password(news, carol.email)
    phone = with_phone(acme, carol, clock)
    assert answer_in(news.authorize(claims=ESSENTIAL, prompt="none"))["error"] == "interaction_required"
    told = _told(news, _comes(news, acr_values="2"), code=phone.next_code())
    assert (told["acr"], told["amr"]) == ("2", ["mfa", "otp", "pwd"])
    # Whoever has set an app up is asked for it in a new browser, here as well.
    elsewhere = RelyingParty(Browser(acme), news.application, news.secret)
    customer = _comes(elsewhere)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "<h1>Enter the code from your app</h1>" in customer.text


def test_a26_a_factor_that_counts_for_one_application_is_not_enough_for_another(
    acme: Tenant, shop: RelyingParty, news: RelyingParty, carol: Account
) -> None:
    with tenant_context(acme):
        _let(news.application, second_factor="always", factors=("passkey",))
    customer = _comes(shop)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert _told(shop, customer, code=new_code(acme, carol.email))["amr"] == ["otp", "pwd"]
    assert answer_in(news.authorize(prompt="none"))["error"] == "interaction_required"
    # She has none that counts there: she makes one, after showing anew who she is, by all that her flow counts.
    customer = _comes(news)
    customer.submit({"password": PASSWORD})
    assert "<h1>Confirm it's you by email</h1>" in customer.text
    customer.submit({}, to="send-second")
    customer.submit({"code": new_code(acme, carol.email)})
    assert customer.path.endswith("/passkey-setup/")
    options, token = asked_on(customer.text)
    assert _told(news, customer, answer=Authenticator().make(options), token=token)["acr"] == "2"
    for each in (shop, news):
        assert "code" in answer_in(each.authorize(prompt="none"))


def test_factors_that_nobody_could_show_are_refused(acme: Tenant, shop: RelyingParty, bookshop: Application) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(methods=["code"], second_factor="", factors=["app"])
        for factors, said in ((("mail",), "can’t use another one"), (("x",), "Second factors are: app, mail")):
            with pytest.raises(Refused, match=said):
                _let(bookshop, factors=factors)
        _let(bookshop, factors=("app", "mail"))
        with pytest.raises(Refused, match="Choose never, new_browser, always, or nothing"):
            _let(bookshop, second_factor="seldom")
