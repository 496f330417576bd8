"""A link in the mail instead of the code, or beside it: it goes on where the journey began, and nowhere else."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.credentials.services.codes import LIFETIME
from accounts.identity.services.accounts import create_account
from accounts.models import Account, OneTimeCode
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
DETAILS = {"givenName": "Nora", "surname": "New"}


def _change(tenant: Tenant, *methods: str, **values: Any) -> None:
    with tenant_context(tenant):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, actor=Actor.command(), **values)


@pytest.fixture
def by_link(acme: Tenant) -> None:
    """Acme's customers come by links alone."""
    _change(acme, "link")


@pytest.fixture
def by_both(acme: Tenant) -> None:
    """One mail has a link and a code."""
    _change(acme, "code", "link")


def _asks(tenant: Tenant, email: str, *, page: str = "/sign-in/") -> Customer:
    customer = Customer(tenant)
    customer.visit(page)
    customer.submit({"email": email})
    run_jobs()
    return customer


def _link_in(tenant: Tenant, email: str) -> str:
    """The path of the link in the newest mail to this address, as a browser asks the tenant for it."""
    with tenant_context(tenant):
        mail = mails_to(email)[0]
    found = re.search(r"https?://[^/\s]+/t/acme(/go/\S+/open/\S+/)", mail.text)
    assert found, mail.text
    assert found[0] in mail.html
    return found[1]


def _code_shown(customer: Customer) -> str:
    found = re.search(r'shown-code" dir="ltr">(\d+)<', customer.text)
    assert found, customer.text
    return found[1]


def test_the_link_of_eves_journey_lets_eve_in_nowhere(acme: Tenant, carol: Account, by_link: None) -> None:
    """A-21: Carol is talked into opening a link that Eve asked for; neither Eve's browser nor Carol's is signed in."""
    eve = _asks(acme, carol.email)
    victim = Customer(acme)
    link = _link_in(acme, carol.email)
    victim.visit(link)
    victim.submit()
    assert not victim.is_signed_in
    assert "never share this code" in victim.text
    eve.visit(eve.path)
    assert "<h1>Check your email</h1>" in eve.text
    assert not eve.is_signed_in


def test_no_guess_at_the_link_opens_anything(acme: Tenant, carol: Account, by_link: None) -> None:
    """A-15."""
    eve = _asks(acme, carol.email)
    guessed = re.sub(r"/open/.*", "/open/guessed-by-eve/", _link_in(acme, carol.email))
    for address in (guessed, guessed.replace("guessed-by-eve", "%00")):
        assert eve.visit(address).status_code == 410
        assert eve.browser.post(address, {}).status_code == 410
    assert not eve.is_signed_in


def test_carol_opens_the_link_where_she_began_and_is_signed_in_by_the_button(
    acme: Tenant, carol: Account, by_link: None
) -> None:
    customer = _asks(acme, carol.email)
    assert "We emailed a link to" in customer.text
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
        assert mail.subject == "Your link for Acme"
        assert not re.search(r"\b\d{6}\b", mail.text.replace("carol", "")), "no code beside it"
    waiting = customer.path
    customer.visit(_link_in(acme, carol.email))
    assert carol.email in customer.text
    assert not customer.is_signed_in
    customer.submit()
    assert customer.is_signed_in
    # The page that waits notices, by a reload or by looking.
    assert customer.browser.head(waiting).status_code == 303
    customer.visit(waiting)
    assert "Your profile" in customer.text
    with tenant_context(acme):
        assert Event.objects.get(action="customer.signed_in").method == "link"


def test_a_scanner_opens_the_link_as_often_as_it_likes(acme: Tenant, carol: Account, by_link: None) -> None:
    """A-17: HEAD, GET, twice each, and a press of the button it finds: nothing is used up and nobody signed in."""
    customer = _asks(acme, carol.email)
    link = _link_in(acme, carol.email)
    scanner = Customer(acme)
    for _ in range(2):
        assert scanner.browser.head(link).status_code == 200
        scanner.visit(link)
        scanner.browser.post(link, {})
    with tenant_context(acme):
        assert OneTimeCode.objects.get().redeemed_at is None
        assert Journey.objects.get().proofs == []
    customer.visit(link)
    customer.visit(link)
    customer.submit()
    assert customer.is_signed_in


@pytest.mark.parametrize("methods", [("link",), ("code", "link"), ("password", "link")])
def test_another_device_shows_the_code_to_type_where_the_journey_began(
    acme: Tenant, carol: Account, methods: tuple[str, ...]
) -> None:
    _change(acme, *methods)
    customer = _asks(acme, carol.email)
    if "password" in methods:
        assert "Email me a link instead" in customer.text
        customer.submit(to="send")
        run_jobs()
    phone = Customer(acme)
    phone.visit(_link_in(acme, carol.email))
    assert "<h1>Continue where you began</h1>" in phone.text
    assert not phone.is_signed_in
    customer.submit({"code": _code_shown(phone)}, to="code")
    assert customer.is_signed_in
    phone.visit(phone.path)
    assert "This link was used" in phone.text


def test_link_and_code_are_one_ticket_that_is_used_once(acme: Tenant, carol: Account, by_both: None) -> None:
    customer = _asks(acme, carol.email)
    assert "We emailed a link and a code to" in customer.text
    link, code = _link_in(acme, carol.email), customer.code_from_mail(carol.email)
    with tenant_context(acme):
        page = Journey.objects.get()
    customer.submit({"code": code})
    assert customer.is_signed_in
    customer.browser.cookies.pop("sessionid_acme", None)
    customer.browser.post(link, {})
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.signed_in").count() == 1
        assert Journey.objects.get(pk=page.pk).finished_at


def test_a_link_is_good_for_ten_minutes_and_until_the_next_mail(acme: Tenant, carol: Account, by_link: None) -> None:
    customer = _asks(acme, carol.email)
    first = _link_in(acme, carol.email)
    customer.submit(to="send")
    run_jobs()
    second = _link_in(acme, carol.email)
    assert Customer(acme).visit(first).status_code == 410
    customer.visit(second)
    with tenant_context(acme):
        ticket = OneTimeCode.objects.get()
        ticket.expires_at -= LIFETIME
        ticket.save()
    assert customer.submit().status_code == 410
    assert not customer.is_signed_in


def test_wrong_codes_do_not_use_the_link_up(acme: Tenant, carol: Account, by_both: None) -> None:
    """Whoever types five wrong ones still comes in by the mail."""
    customer = _asks(acme, carol.email)
    for _ in range(5):
        customer.submit({"code": "000000"})
    assert "Too many wrong codes were entered" in customer.text
    customer.visit(_link_in(acme, carol.email))
    customer.submit()
    assert customer.is_signed_in


def test_a_link_counts_on_the_way_and_for_the_address_it_was_asked_for(acme: Tenant, carol: Account) -> None:
    """A-21: asked for to sign in, it resets no password; nor does it open the account whose address is typed next."""
    _change(acme, "password", "link")
    with tenant_context(acme):
        faye = create_account(email="faye@acme.example", password=None, email_verified=True)
    customer = _asks(acme, carol.email)
    customer.submit(to="send")
    run_jobs()
    link = _link_in(acme, carol.email)
    customer.switch("reset", email=carol.email)
    customer.visit(link)
    customer.browser.post(link, {})
    customer.switch("sign_in", email=faye.email)
    customer.visit(link)
    customer.browser.post(link, {})
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert Journey.objects.get().proofs == []


def test_nora_signs_up_and_carol_gets_a_new_password_by_links(acme: Tenant, carol: Account) -> None:
    _change(acme, "password", "link")
    nora = _asks(acme, NEW, page="/sign-up/")
    nora.visit(_link_in(acme, NEW))
    assert "<h1>Create an account</h1>" in nora.text
    nora.submit()
    assert "<h1>Complete your account</h1>" in nora.text
    nora.submit({**DETAILS, "password": "a long enough password"})
    assert nora.is_signed_in
    carols = _asks(acme, carol.email, page="/reset/")
    carols.visit(_link_in(acme, carol.email))
    carols.submit()
    assert "<h1>Choose a new password</h1>" in carols.text
    carols.submit({"password": "another long password"})
    assert carols.is_signed_in


def test_an_owner_who_signs_up_is_let_in_by_the_link(acme: Tenant, carol: Account, by_link: None) -> None:
    customer = _asks(acme, carol.email, page="/sign-up/")
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "You already have an account at Acme"
    customer.visit(_link_in(acme, carol.email))
    customer.submit()
    assert customer.is_signed_in


def test_the_application_is_told_that_a_link_is_one_factor(
    acme: Tenant, carol: Account, by_link: None, bookshop: Application, bookshop_secret: str
) -> None:
    """The mailbox was proved, which is what `otp` says of a code from it, and level 1."""
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize())
    customer.submit({"email": carol.email})
    run_jobs()
    customer.visit(_link_in(acme, carol.email))
    assert "Bookshop" in customer.text
    ended = customer.browser.post(customer.path, {})
    code = answer_in(shop.browser.get(ended["Location"]))["code"]
    claims = shop.accepts(shop.exchange(code).json()["id_token"], audience=shop.client_id)
    assert (claims["amr"], claims["acr"]) == (["otp"], "1")


def test_the_page_after_the_address_does_not_tell_who_has_an_account(
    acme: Tenant, carol: Account, by_both: None
) -> None:
    pages = []
    for email in (carol.email, NEW, "dan@acme.example"):
        text = _asks(acme, email).text.replace(email, "ADDRESS")
        pages.append(re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|name="csrfmiddlewaretoken" value="[^"]+"', "", text))
    assert pages[0] == pages[1] == pages[2]


def test_the_link_speaks_the_language_of_the_mail_on_another_device(
    acme: Tenant, carol: Account, by_link: None
) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    run_jobs()
    phone = Customer(acme)
    assert 'lang="de"' in phone.visit(_link_in(acme, carol.email)).content.decode()
