"""Which of a browser's accounts an application gets its answer about, and which one its sign-out ends."""

import html
import json
import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.models import Account, Session
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from oidc.models import Consent, SignOutNotification
from oidc.registration.description import ANYONE
from oidc.registration.services import let_register
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import BOOKSHOP_SIGNED_OUT, PASSWORD, new_secret
from tests.oidc.apis import COMMAND
from tests.oidc.consent_page import asks
from tests.oidc.devices import begin, enter, poll
from tests.oidc.devices import press as press_device
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.statements import statements
from tests.userflows.customer import Customer
from tests.userflows.several import add, make_account, people_on, press, sessions_of
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora(acme: Tenant) -> Account:
    return make_account(acme, "Dora")


@pytest.fixture
def both(acme: Tenant, shop: RelyingParty, dora: Account) -> Customer:
    """The browser of Bookshop, in which Carol is signed in and Dora as well; Dora came last, and is the current one."""
    customer = Customer(acme, shop.browser)
    add(customer, dora)
    return customer


@pytest.fixture
def club(acme: Tenant, shop: RelyingParty) -> RelyingParty:
    """Another application of acme's, at the same browser."""
    from applications.services.registration import register_application

    with tenant_context(acme):
        application = register_application(
            name="Club", kind=Application.Kind.WEB, redirect_uris=["https://club.example/callback"], actor=COMMAND
        )
        return RelyingParty(shop.browser, application, new_secret(application))


def whom(shop: RelyingParty, answer: Any) -> str:
    """The subject of the ID token that the answer leads to."""
    tokens = shop.exchange(answer_in(answer)["code"]).json()
    return str(shop.accepts(tokens["id_token"], audience=shop.client_id)["sub"])


def id_token_of(shop: RelyingParty, both: Customer, account: Account) -> str:
    press(both, account=str(account.pk))
    answer = shop.exchange(answer_in(shop.authorize(login_hint=account.email))["code"])
    return str(answer.json()["id_token"])


# --- Eve --------------------------------------------------------------------------------------------------------------


def test_o56_an_application_of_a_strangers_finds_out_of_nobody_whether_they_are_signed_in_here(
    acme: Tenant, both: Customer, carol: Account, dora: Account
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    asked = {"redirect_uris": ["https://evil.example/callback"], "token_endpoint_auth_method": "none"}
    answer = Browser(acme).post("/oidc/register", json.dumps(asked), "application/json")
    with tenant_context(acme):
        stranger = RelyingParty(both.browser, Application.objects.get(client_id=answer.json()["client_id"]))
    for email in (carol.email, dora.email, "nobody@acme.example"):
        page = stranger.authorize(prompt="none", login_hint=email)
        assert re.findall(r"error=([a-z_]+)", html.unescape(page.content.decode())) == ["account_selection_required"]


def test_who_signs_out_at_an_application_does_not_come_back_to_it_as_the_one_who_is_left(
    shop: RelyingParty, club: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    shop.code(login_hint=carol.email)
    hint = id_token_of(shop, both, dora)
    assert both.browser.get("/oidc/logout", {"id_token_hint": hint})["Location"]
    for application in (shop, club):
        assert answer_in(application.authorize(prompt="none"))["error"] == "account_selection_required"
    assert answer_in(shop.authorize(prompt="none", login_hint=carol.email))["code"], "one that names Carol means her"
    both.follow(shop.authorize())
    assert "Choose an account" in both.text
    assert carol.email in both.text
    assert whom(shop, both.browser.post(both.path, {"account": str(carol.pk)})) == str(carol.pk)


# --- Whom the answer is about -----------------------------------------------------------------------------------------


def test_an_application_keeps_the_account_it_went_with_last(
    shop: RelyingParty, club: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    assert whom(shop, shop.authorize(login_hint=carol.email)) == str(carol.pk)
    assert whom(club, club.authorize()) == str(dora.pk), "one that has seen none of them gets the current one"
    for prompt in (None, "none"):
        assert whom(shop, shop.authorize(prompt=prompt)) == str(carol.pk)
        assert whom(club, club.authorize(prompt=prompt)) == str(dora.pk)
    assert people_on(both)[0] == dora.email, "what an application gets unseen changes no page"


def test_of_two_that_it_has_seen_it_is_the_last(
    shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    for account in (carol, dora, carol, dora):
        assert whom(shop, shop.authorize(login_hint=account.email)) == str(account.pk)
        assert whom(shop, shop.authorize(prompt="none")) == str(account.pk)


def test_o41_a_silent_request_that_could_mean_either_is_told_to_ask(
    shop: RelyingParty, both: Customer, carol: Account
) -> None:
    assert answer_in(shop.authorize(prompt="none"))["error"] == "account_selection_required"
    assert "code" in answer_in(shop.authorize(prompt="none", login_hint=carol.email))


def test_a_hint_picks_and_one_of_somebody_else_signs_nobody_in(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    hint = id_token_of(shop, both, carol)
    press(both, account=str(dora.pk))
    assert whom(shop, shop.authorize(prompt="none", id_token_hint=hint)) == str(carol.pk)
    press(both, sign_out=str(carol.pk))
    assert answer_in(shop.authorize(prompt="none", id_token_hint=hint))["error"] == "login_required"


def test_a_hint_may_be_a_user_name_where_the_flow_takes_them(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    with tenant_context(acme):
        update_profile(carol, attributes={"preferred_username": "cc.1"}, actor=COMMAND)
    assert whom(shop, shop.authorize(login_hint="cc.1")) == str(dora.pk)
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), takes_user_names=True, actor=COMMAND)
    for hint in ("cc.1", "CC.1"):
        assert whom(shop, shop.authorize(login_hint=dora.email)) == str(dora.pk)
        assert whom(shop, shop.authorize(login_hint=hint, prompt="none")) == str(carol.pk)


def test_o41_select_account_shows_all_and_goes_on_with_the_chosen(
    shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    both.follow(shop.authorize(prompt="select_account"))
    assert carol.email in both.text
    assert dora.email in both.text
    answer = both.browser.post(both.path, {"account": str(carol.pk)})
    assert whom(shop, answer) == str(carol.pk)
    assert people_on(both)[0] == carol.email


def test_a_further_account_is_signed_in_from_the_page_and_the_application_goes_with_it(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account
) -> None:
    erin = make_account(acme, "Erin")
    both.follow(shop.authorize(prompt="select_account"))
    both.submit({"account": "another"})
    both.submit({"email": erin.email})
    answer = both.browser.post(both.path, {"password": PASSWORD})
    assert whom(shop, both.browser.get(answer["Location"])) == str(erin.pk)
    assert len(people_on(both)) == 3


def test_signing_out_of_one_on_the_page_comes_back_to_it(
    shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    both.follow(shop.authorize(prompt="select_account"))
    chooser = both.path
    for leaving, left in ((dora, carol.email), (carol, "")):
        both.path = "/accounts/"
        both.follow(both.browser.post(f"/accounts/?next={chooser}", {"sign-out": str(leaving.pk)}))
        assert not left or left in both.text
    both.visit(chooser)
    assert both.path.endswith("/address/")


def test_o41_login_after_the_choice_asks_the_chosen_one(shop: RelyingParty, both: Customer, carol: Account) -> None:
    both.follow(shop.authorize(prompt="select_account login"))
    both.submit({"account": str(carol.pk)})
    assert both.path.endswith("/password/")
    assert carol.email in both.text


def test_where_the_current_session_is_over_the_customer_says_which(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    erin = make_account(acme, "Erin")
    add(both, erin)
    with tenant_context(acme):
        Session.objects.of_account(erin.pk).delete()
    assert answer_in(shop.authorize(prompt="none"))["error"] == "account_selection_required"
    both.follow(shop.authorize())
    assert "Choose an account" in both.text
    assert whom(shop, both.browser.post(both.path, {"account": str(carol.pk)})) == str(carol.pk)
    with tenant_context(acme):
        Session.objects.of_account(carol.pk).delete()
    both.follow(shop.authorize())
    assert "Choose an account" in both.text, "who is left alone isn't taken for who was there"
    assert whom(shop, both.browser.post(both.path, {"account": str(dora.pk)})) == str(dora.pk)


def test_each_session_tells_its_own_sign_in(shop: RelyingParty, both: Customer, carol: Account, dora: Account) -> None:
    tokens = {}
    for account in (carol, dora):
        answer = shop.exchange(shop.code(login_hint=account.email)).json()
        tokens[account.pk] = shop.accepts(answer["id_token"], audience=shop.client_id)
    assert tokens[carol.pk]["sid"] != tokens[dora.pk]["sid"]
    assert tokens[dora.pk]["amr"] == ["pwd"]
    assert "amr" not in tokens[carol.pk], "Carol came without a password, which Dora's sign-in doesn't change"


def test_a_page_about_one_account_is_that_accounts(asking: RelyingParty, both: Customer, carol: Account) -> None:
    both.follow(asking.authorize(login_hint=carol.email, prompt="consent"))
    assert carol.email in both.text
    assert people_on(both)[0] == carol.email


def test_no_answer_of_a_page_about_one_account_is_taken_for_the_others(
    acme: Tenant, asking: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    page = asks(asking, scope="openid email")
    assert dora.email in page.text
    press(both, account=str(carol.pk))
    for answer in ("allow", "deny"):
        assert carol.email in page.press(answer).content.decode()
    with tenant_context(acme):
        assert not Consent.objects.exists()
        assert not Event.objects.filter(action="customer.consent_refused").exists()
    assert answer_in(page.press("deny", account=str(carol.pk)))["error"] == "access_denied"
    with tenant_context(acme):
        assert Event.objects.get(action="customer.consent_refused").actor_id == str(carol.pk)


def test_another_account_on_a_page_that_asks_is_one_of_those_here_first(
    asking: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    both.follow(asking.authorize(scope="openid email"))
    assert dora.email in both.text
    for _ in ("pressed", "pressed twice"):
        answer = both.browser.post(both.path, {"answer": "another"})
    both.follow(answer)
    assert "Choose an account" in both.text
    both.submit({"account": str(carol.pk)})
    assert carol.email in both.text
    fields = {"answer": "allow", "scope": ["openid", "email"], "account": str(carol.pk)}
    assert whom(asking, both.browser.post(both.path, fields)) == str(carol.pk)


def test_who_changes_accounts_on_the_way_back_from_a_sign_in_still_gets_there(
    acme: Tenant, shop: RelyingParty, carol: Account, dora: Account
) -> None:
    shop.browser = Browser(acme)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize())
    customer.submit({"email": carol.email})
    assert "code" in answer_in(shop.browser.post(customer.path, {"password": PASSWORD}))
    back = f"/oidc/authorize/{customer.path.split('/go/')[1].split('/')[0]}/"
    add(customer, dora)
    assert whom(shop, shop.browser.get(back)) == str(carol.pk)
    assert people_on(customer)[0] == carol.email
    press(customer, sign_out=str(carol.pk))
    assert shop.browser.get(back).status_code >= 400, "her way back is nobody else's"


def test_who_changes_accounts_before_the_page_for_a_device_lets_it_in_as_the_one_it_was_for(
    acme: Tenant, television: RelyingParty, carol: Account, dora: Account
) -> None:
    customer = Customer(acme, Browser(acme))
    begun = begin(television)
    customer.visit(enter(customer.browser, begun["user_code"]))
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    page = customer.path
    add(customer, dora)
    assert carol.email in press_device(customer.browser, page, dora).content.decode()
    press_device(customer.browser, page, carol)
    assert "access_token" in poll(television, begun["device_code"]).json()


# --- Sign-out ---------------------------------------------------------------------------------------------------------


def test_o35_the_session_that_the_hint_names_ends_and_no_other(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    with tenant_context(acme):
        change_application(shop.application, backchannel_logout_uri="https://bookshop.example/out", actor=COMMAND)
    hint = id_token_of(shop, both, carol)
    press(both, account=str(dora.pk))
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
    assert both.browser.get("/oidc/logout", asked)["Location"] == BOOKSHOP_SIGNED_OUT
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (0, 1)
    assert people_on(both) == [dora.email]
    with tenant_context(acme):
        assert [each.account_id for each in SignOutNotification.objects.all()] == [carol.pk]
    # The token is good for nothing any more: Dora is asked, and stays.
    assert both.browser.get("/oidc/logout", asked).status_code == 200
    assert sessions_of(acme, dora) == 1


def test_without_a_hint_the_page_asks_for_the_one_that_the_application_went_with(
    acme: Tenant, shop: RelyingParty, both: Customer, carol: Account, dora: Account
) -> None:
    shop.code(login_hint=carol.email)
    both.visit(f"/oidc/logout?client_id={shop.client_id}")
    assert carol.email in both.text
    assert dora.email not in both.text
    assert "Sign out of all accounts" in both.text
    both.browser.post("/oidc/logout/confirm", {"client_id": shop.client_id, "account": str(carol.pk)})
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (0, 1)
    # Pressed again: Carol is out, and nobody else is taken for her.
    both.browser.post("/oidc/logout/confirm", {"client_id": shop.client_id, "account": str(carol.pk)})
    assert sessions_of(acme, dora) == 1
    both.browser.post("/oidc/logout/confirm", {"all": "yes"})
    assert sessions_of(acme, dora) == 0


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_a_code_costs_two_looks_more_where_there_are_several(shop: RelyingParty, both: Customer, dora: Account) -> None:
    shop.authorize(login_hint=dora.email)
    with statements(5):
        shop.authorize(login_hint=dora.email)
