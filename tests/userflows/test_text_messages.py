"""Codes by text message: to sign in, as a second factor, and to confirm the number they go to."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.credentials.services.passwords import remove_password
from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import actor_of, create_account
from accounts.models import Account
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from common.problems import Refused
from sms.models import TextMessage
from sms.sealing import open_text
from sms.senders.description import TextDescription
from sms.services import BUDGET, choose_sender, queue_text
from tenants.models import Tenant
from tenants.services import limit_tenant
from tests.browser import Browser
from tests.cast import PASSWORD, grow_old
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
PHONE, ANOTHER = "+4915112345678", "+4915187654321"
ZOE = "zoe@acme.example"
COMMAND = Actor.command()


@pytest.fixture(autouse=True)
def sender(acme: Tenant) -> None:
    """Acme keeps its text messages, and may send them within Germany."""
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=COMMAND)


@pytest.fixture
def carols_phone(acme: Tenant, carol: Account) -> str:
    with tenant_context(acme):
        owner = Account.objects.get(pk=carol.pk)
        set_phone(owner, number=PHONE, actor=actor_of(owner))
    return PHONE


def _change(tenant: Tenant, **values: Any) -> None:
    with tenant_context(tenant):
        change_user_flow(UserFlow.objects.get(is_default=True), actor=COMMAND, **values)


def _texts(tenant: Tenant, number: str = PHONE) -> list[str]:
    run_jobs()
    with tenant_context(tenant):
        kept = TextMessage.objects.filter(to=number).exclude(sealed_text="")
        return [open_text(each.sealed_text, message_id=each.pk) for each in kept]


def _code(tenant: Tenant, number: str = PHONE) -> str:
    found = re.match(r"\d{6}", _texts(tenant, number)[0])
    assert found
    return found[0]


def _asks_for_text(tenant: Tenant, email: str) -> Customer:
    customer = Customer(tenant)
    customer.visit("/sign-in/")
    customer.submit({"email": email})
    assert "Text me a code instead" in customer.text
    customer.submit(to="text")
    return customer


def test_no_page_or_statement_tells_who_has_an_account_or_a_number(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """A-01, A-03: Eve learns nothing of Carol, of Dan, of nobody, nor the last digits of a number."""
    _change(acme, methods=("password", "sms"))
    pages, costs = [], []
    for email in (carol.email, "dan@acme.example", "nobody@acme.example"):
        customer = Customer(acme)
        customer.visit("/sign-in/")
        customer.submit({"email": email})
        with CaptureQueriesContext(connection) as asked:
            customer.submit(to="text")
        run_jobs()
        with CaptureQueriesContext(connection) as tried:
            customer.submit({"code": "000000"})
        costs.append((len(asked), len(tried)))
        text = customer.text.replace(email, "ADDRESS")
        pages.append(re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|name="csrfmiddlewaretoken" value="[^"]+"', "", text))
    assert pages[0] == pages[1] == pages[2]
    assert costs[0] == costs[1] == costs[2]
    assert PHONE[-2:] not in re.sub(r"<[^>]*>", "", pages[0])


def test_a_blocked_owner_is_mailed_so_and_the_log_says_why_no_text_came(acme: Tenant, dan: Account) -> None:
    _change(acme, methods=("password", "sms"))
    _asks_for_text(acme, dan.email)
    run_jobs()
    with tenant_context(acme):
        (mail,) = mails_to(dan.email)
        event = Event.objects.get(action="customer.text_not_sent")
    assert mail.subject == "Your account at Acme is blocked"
    assert (event.reason, event.target_id) == ("account_disabled", str(dan.pk))


def test_carol_signs_in_by_a_text_message(acme: Tenant, carol: Account, carols_phone: str) -> None:
    _change(acme, methods=("password", "sms"))
    customer = _asks_for_text(acme, carol.email)
    [text] = _texts(acme)
    code = _code(acme)
    assert text == f"{code} is your code for Acme\n\n@localhost #{code}"
    customer.submit({"code": code})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Event.objects.get(action="customer.signed_in").method == "sms"


def test_a_code_by_mail_and_one_by_text_do_not_stand_in_for_each_other(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """A-21."""
    _change(acme, methods=("password", "code", "sms"))
    customer = _asks_for_text(acme, carol.email)
    texted = _code(acme)
    customer.submit(to="send")
    run_jobs()
    customer.submit({"code": texted}, to="code")
    assert not customer.is_signed_in
    mailed = customer.code_from_mail(carol.email)
    customer.submit({"code": mailed}, to="sms")
    assert not customer.is_signed_in


def test_the_world_asks_for_five_text_messages_an_hour(acme: Tenant, carol: Account, carols_phone: str) -> None:
    _change(acme, methods=("password", "sms"))
    for number in range(6):
        customer = Customer(acme)
        customer.browser.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        customer.visit("/sign-in/")
        customer.submit({"email": carol.email})
        customer.submit(to="text")
    assert customer.page.status_code == 429
    assert len(_texts(acme)) == 5
    with tenant_context(acme):
        assert Event.objects.get(action="customer.text_not_sent").reason == "too_many_attempts"


def test_one_network_asks_for_twenty_and_the_budget_ends_all(acme: Tenant, carol: Account, carols_phone: str) -> None:
    _change(acme, methods=("password", "sms"))
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_hour=1, per_day=1), actor=COMMAND)
    _asks_for_text(acme, carol.email)
    _asks_for_text(acme, carol.email)
    assert len(_texts(acme)) == 1
    with tenant_context(acme):
        event = Event.objects.get(action="customer.text_not_sent")
        assert (event.reason, event.details["problem"]) == ("text_held_back", BUDGET)
    for number in range(18):
        last = _asks_for_text(acme, f"nobody{number}@acme.example")
    assert last.page.status_code == 200
    last = _asks_for_text(acme, "nobody@acme.example")
    assert last.page.status_code == 429


def test_a_stranger_at_the_door_uses_up_no_text_message_of_carols(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """Eve has all sent that strangers may, and calls Carol's number hers; Carol still gets her second factor."""
    _change(acme, methods=("password", "sms"), factors=("app", "sms"))
    for _ in range(5):
        _asks_for_text(acme, carol.email)
    assert len(_texts(acme)) == 5
    eve = Customer(acme)
    with tenant_context(acme):
        eve.browser.sign_in(create_account(email="eve@acme.example", password=PASSWORD, email_verified=True))
    eve.visit("/profile/phone/set-up/")
    eve.submit({"password": PASSWORD})
    eve.submit({"number": PHONE})
    for _ in range(4):
        eve.submit(to="text-new")
    assert len(_texts(acme)) == 10
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Confirm it's you by text message" in customer.text
    customer.submit({"code": _code(acme)})
    assert customer.is_signed_in


def test_who_knows_the_password_uses_up_no_text_message_of_a_known_browser(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    _change(acme, factors=("app", "sms"))
    at_home = Customer(acme)
    at_home.sign_in(carol.email)
    at_home.submit({"code": _code(acme)})
    at_home.browser.post("/sign-out/")
    for _ in range(4):
        Customer(acme).sign_in(carol.email)
    assert len(_texts(acme)) == 5
    at_home.sign_in(carol.email)
    at_home.submit({"code": _code(acme)})
    assert at_home.is_signed_in


def test_who_finds_their_country_at_its_limit_is_told_and_comes_another_way(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """Eve has had sent what a country may be sent. Nobody is told that a code is on its way that isn't."""
    _change(acme, factors=("app", "sms"))
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_country=1), actor=COMMAND)
        queue_text(to=ANOTHER, kind="phone", text="Eve's", group="")
    eve = Customer(acme)
    with tenant_context(acme):
        eve.browser.sign_in(create_account(email="eve@acme.example", password=PASSWORD, email_verified=True))
    eve.visit("/profile/phone/set-up/")
    eve.submit({"password": PASSWORD})
    eve.submit({"number": ANOTHER})
    assert eve.page.status_code == 429
    assert "We can't send text messages to this number." in unescape(eve.text)
    assert "Try again in 24 hours." in eve.text
    _change(acme, factors=("mail", "sms"))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "To continue, enter a code that we send" in customer.text
    assert "Email me a code instead" in customer.text
    customer.submit(to="text-second")
    assert "We can't send text messages to this number." in unescape(customer.text)
    assert _texts(acme) == []
    with tenant_context(acme):
        last = Event.objects.filter(action="customer.text_not_sent").latest("pk")
        assert (last.reason, last.details["limit"]) == ("too_many_attempts", "text messages to a country a day")


def test_a_browser_that_knows_carol_has_a_part_of_what_is_kept_for_owners(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """Strangers have used up all else, at the door where a code by text message signs in."""
    _change(acme, methods=("password", "sms"))
    at_home = _asks_for_text(acme, carol.email)
    at_home.submit({"code": _code(acme)})
    at_home.browser.post("/sign-out/")
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_country=5), actor=COMMAND)
        for _ in range(4):
            queue_text(to=ANOTHER, kind="phone", text="Eve's", group="")
    sent = len(_texts(acme))
    _asks_for_text(acme, carol.email)
    assert len(_texts(acme)) == sent
    at_home.visit("/sign-in/")
    at_home.submit({"email": carol.email})
    at_home.submit(to="text")
    at_home.submit({"code": _code(acme)})
    assert at_home.is_signed_in


def test_what_the_country_refuses_uses_up_nothing_of_whoever_asks(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """As soon as messages go there again, so does a second factor, and the code for another number."""

    def hold_back(per_country: int) -> None:
        with tenant_context(acme):
            choose_sender(TextDescription(sender="outbox", countries=("DE",), per_country=per_country), actor=COMMAND)

    _change(acme, factors=("app", "sms"))
    hold_back(1)
    with tenant_context(acme):
        queue_text(to=ANOTHER, kind="phone", text="Eve's", group="")
    customer = Customer(acme)
    customer.sign_in(carol.email)
    for _ in range(6):
        customer.submit(to="text-second")
    hold_back(200)
    customer.submit(to="text-second")
    customer.submit({"code": _code(acme)})
    assert customer.is_signed_in
    zoe = Customer(acme)
    with tenant_context(acme):
        zoe.browser.sign_in(create_account(email=ZOE, password=PASSWORD, email_verified=True))
    zoe.visit("/profile/phone/set-up/")
    zoe.submit({"password": PASSWORD})
    hold_back(1)
    for _ in range(6):
        zoe.submit({"number": ANOTHER})
    hold_back(200)
    zoe.submit({"number": ANOTHER})
    zoe.submit({"code": _code(acme, ANOTHER)})
    assert "•••• 21" in zoe.text


def test_who_asks_for_another_code_instead_stands_where_it_is_typed(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """Carol's country is at its limit: there and back between mail and text message."""
    _change(acme, second_factor="always", factors=("mail", "sms"))
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_country=1), actor=COMMAND)
        queue_text(to=ANOTHER, kind="phone", text="Eve's", group="")
    customer = Customer(acme)
    customer.sign_in(carol.email)
    for pressed, page in (
        ("send-second", "second-mail"),
        ("text-second", "second-sms"),
        ("send-second", "second-mail"),
    ):
        customer.submit(to=pressed)
        assert customer.page.request["PATH_INFO"].endswith(f"/{page}/")
    customer.submit({"code": new_code(acme, carol.email)})
    assert customer.is_signed_in


def test_whoever_would_rather_have_a_mail_is_shown_where_to_enter_its_code(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    _change(acme, second_factor="always", factors=("mail", "sms"))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Confirm it's you by text message" in customer.text
    customer.submit(to="send-second")
    assert "Confirm it's you by email" in customer.text
    assert "A new code is on its way" not in customer.text
    customer.submit(to="send-second")
    assert 'data-told="sent">A new code is on its way' in customer.text
    customer.submit({"code": new_code(acme, carol.email)})
    assert customer.is_signed_in


def test_whoever_has_a_phone_is_asked_for_it_beside_the_password(
    acme: Tenant, carol: Account, carols_phone: str, bookshop: Application, bookshop_secret: str
) -> None:
    """Password and phone are two factors, and tokens say so."""
    _change(acme, factors=("app", "sms"))
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize())
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "Confirm it's you by text message" in customer.text
    assert "•••• 78" in customer.text
    assert PHONE not in customer.text
    customer.submit({"code": "000000"})
    assert "That code is incorrect" in customer.text
    ended = customer.browser.post(customer.path, {"code": _code(acme)})
    code = answer_in(shop.browser.get(ended["Location"]))["code"]
    claims = shop.accepts(shop.exchange(code).json()["id_token"], audience=shop.client_id)
    assert (claims["acr"], claims["amr"]) == ("2", ["mfa", "pwd", "sms"])


def test_a_phone_can_be_set_up_where_a_second_factor_is_asked_for(acme: Tenant, carol: Account) -> None:
    _change(acme, factors=("app", "sms"), second_factor="always")
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Use text messages instead" in customer.text
    customer.visit(re.findall(r'href="/t/acme(/go/[^"]+/phone-setup/)"', customer.text)[0])
    for wrong, sentence in (
        ("12345", "country code"),
        ("+18765551234", "text messages to this country"),
        ("+491805123456", "text messages to this number"),  # of shared cost
        ("+4930901820", "text messages to this number"),
        ("+491511234567", "text messages to this number"),  # a digit is missing
    ):
        customer.submit({"number": wrong})
        assert sentence in customer.text
    customer.submit({"number": "0049 1511 2345678"})
    assert "+49 1511 2345678" in customer.text
    customer.submit({"code": _code(acme)})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == PHONE
        assert Event.objects.filter(action="customer.phone_added").count() == 1
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "A phone number was added for Acme"


def _signs_up(tenant: Tenant) -> Customer:
    """Zoe signs up by an address and a code alone, where everybody is asked for a phone."""
    customer = Customer(tenant)
    customer.visit("/sign-in/")
    customer.submit({"email": ZOE})
    customer.submit({"code": new_code(tenant, ZOE)})
    return customer


def _asks_for_phones_alone(tenant: Tenant) -> None:
    _change(tenant, methods=("code",), factors=("sms",), second_factor="always")
    with tenant_context(tenant):
        UserFlow.objects.get(is_default=True).attributes.all().delete()
    forget_everything()


def test_one_signs_up_with_an_address_and_a_phone_alone(acme: Tenant) -> None:
    _asks_for_phones_alone(acme)
    customer = _signs_up(acme)
    customer.submit({"number": PHONE})
    customer.submit({"code": _code(acme)})
    assert customer.is_signed_in


def test_of_two_browsers_that_sign_up_with_one_address_both_come_to_the_one_account(acme: Tenant) -> None:
    _asks_for_phones_alone(acme)
    second = Customer(acme)
    second.visit("/sign-in/")
    second.submit({"email": ZOE})
    code = new_code(acme, ZOE)
    first = _signs_up(acme)
    assert "Confirm your phone number" in first.text
    second.submit({"code": code})
    assert "That code is incorrect" in second.text
    second.submit(to="send")
    second.submit({"code": new_code(acme, ZOE)})
    for browser in (first, second):
        assert browser.submit({"number": PHONE}).status_code == 200
        assert "We sent a 6-digit code by text message" in browser.text
    with tenant_context(acme):
        assert Account.objects.filter(email=ZOE).count() == 1


def test_where_a_tenant_is_full_nobody_is_asked_for_a_phone(acme: Tenant, carol: Account) -> None:
    _asks_for_phones_alone(acme)
    with tenant_context(acme):
        there = Account.objects.count()
    limit_tenant(acme, {"customers": there}, actor=COMMAND)
    customer = _signs_up(acme)
    assert customer.page.status_code == 403
    assert "create an account here" in customer.text


def test_eve_with_the_password_puts_no_phone_of_hers_in_the_place_of_carols(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """A-26: whoever changes the number shows the one there is, where it is a second factor."""
    _change(acme, factors=("sms",))
    eve = Customer(acme)
    eve.browser.sign_in(carol)
    eve.visit("/profile/phone/set-up/")
    eve.submit({"password": PASSWORD})
    assert "Confirm it's you by text message" in eve.text
    eve.visit(re.sub(r"/[^/]+/$", "/phone-setup/", eve.path))
    assert "Confirm it's you by text message" in eve.text
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == PHONE


def test_eve_who_comes_by_a_flow_without_phones_takes_none_away(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """A-26: another flow of the tenant rests on it, so the password alone neither signs in nor changes it."""
    with tenant_context(acme):
        create_user_flow(name="Bank", factors=("sms",), second_factor="always", actor=COMMAND)
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert "Confirm it's you by text message" in eve.text
    assert not eve.is_signed_in
    eve.browser.sign_in(carol)
    eve.visit("/profile/phone/remove/")
    eve.submit({"password": PASSWORD})
    assert "Confirm it's you by text message" in eve.text
    eve.submit({"code": _code(acme)})
    assert eve.path.endswith("/phone-removal/")


def test_carol_replaces_and_removes_her_number_on_her_profile(acme: Tenant, carol: Account, carols_phone: str) -> None:
    _change(acme, methods=("password", "sms"))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "•••• 78" in customer.text
    customer.visit("/profile/phone/set-up/")
    customer.submit({"password": PASSWORD})
    customer.submit({"number": ANOTHER})
    customer.submit(to="another-number")
    customer.submit({"number": ANOTHER})
    customer.submit({"code": _code(acme, ANOTHER)})
    assert "•••• 21" in customer.text
    customer.visit("/profile/phone/remove/")
    customer.submit({"password": PASSWORD})
    customer.submit()
    assert "None yet: get codes by text message." in customer.text
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == ""


def test_phones_and_passkeys_alone_are_no_flow_and_no_phone_is_its_own_second_factor(acme: Tenant) -> None:
    alone: list[dict[str, Any]] = [{"methods": ("sms",)}, {"methods": ("sms", "passkey")}]
    for wrong in [*alone, {"methods": ("password", "sms"), "factors": ("sms",)}]:
        with pytest.raises(Refused):
            _change(acme, **wrong)


def test_where_no_text_message_is_sent_nobody_is_offered_to_confirm_a_number(acme: Tenant, carol: Account) -> None:
    _change(acme, factors=("app", "sms"))
    with tenant_context(acme):
        choose_sender(TextDescription(), actor=COMMAND)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Phone number" not in customer.text


def test_whoever_has_a_phone_and_no_password_gets_on_without_a_text_message(
    acme: Tenant, carol: Account, carols_phone: str
) -> None:
    """By a new password: whether no text comes, or the tenant sends none any more."""
    _change(acme, methods=("password", "sms"))
    with tenant_context(acme):
        remove_password(carol, actor=COMMAND)
    customer = _asks_for_text(acme, carol.email)
    customer.submit({"code": _code(acme)})
    grow_old(carol, home=acme, seconds=301)
    customer.visit("/profile/email/")
    customer.submit({"email": carol.email})
    assert "Choose a new password" in customer.text

    customer.switch("reset")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    customer.submit({"password": "a wholly different password"})
    assert "<h1>Change your email address</h1>" in customer.text

    with tenant_context(acme):
        remove_password(carol, actor=COMMAND)
        choose_sender(TextDescription(), actor=COMMAND)
    grow_old(carol, home=acme, seconds=301)
    customer.visit("/profile/email/")
    customer.submit({"email": carol.email})
    assert "Forgot password?" in customer.text
