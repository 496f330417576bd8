"""Signing in with a password, and what it tells about accounts: nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from accounts.sessions.store import SessionStore
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from userflows.journeys.browsers.known_browsers import KNOWN_COOKIE
from userflows.models import Journey, UserFlow
from userflows.sessions.signed_in import facts_of

pytestmark = pytest.mark.django_db


def test_carol_signs_in_with_address_and_password(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Your profile" in customer.text
    assert customer.is_signed_in
    with tenant_context(acme):
        event = Event.objects.filter(action="customer.signed_in").get()
    assert event.target_id == str(carol.pk)
    assert event.method == "password"


def test_the_sign_in_says_when_and_how_it_happened(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    request = RequestFactory().get("/")
    with tenant_context(acme):
        request.session = SessionStore(customer.browser.cookies[f"{settings.SESSION_COOKIE_NAME}_acme"].value)
        request.user = carol
        facts = facts_of(request)
        first_name = facts.sid
    assert facts.amr == ["pwd"]
    assert abs((datetime.now(UTC) - facts.auth_time).total_seconds()) < 10
    assert first_name != request.session.session_key


def test_the_session_key_changes_at_sign_in(acme: Tenant, carol: Account) -> None:
    """A-24: a cookie set before, by whoever, isn't the one that is signed in."""
    customer = Customer(acme)
    name = f"{settings.SESSION_COOKIE_NAME}_acme"
    customer.browser.cookies[name] = "planted-by-somebody-else"
    customer.sign_in(carol.email)
    first = customer.browser.cookies[name].value
    assert first != "planted-by-somebody-else"
    thief = Customer(acme)
    thief.browser.cookies[name] = first
    # Signing in again, as for an application that asks for it, leaves the former key worthless.
    _sign_in_again(customer, acme, carol)
    assert customer.browser.cookies[name].value != first
    assert not thief.is_signed_in
    assert customer.is_signed_in


def _sign_in_again(customer: Customer, acme: Tenant, carol: Account) -> None:
    customer.visit("/reset/")
    customer.switch("sign_in", email=carol.email)
    customer.submit({"password": PASSWORD})


@pytest.mark.parametrize("address", ["CAROL@acme.example", " carol@acme.example "])
def test_a07_the_address_may_be_spelt_in_other_ways(acme: Tenant, carol: Account, address: str) -> None:
    """One account for all spellings."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": address})
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in


@pytest.mark.parametrize("address", ["nobody@acme.example", "dan@acme.example", "eve@globex.example"])
def test_no_answer_tells_whether_an_address_has_an_account(acme: Tenant, carol: Account, address: str) -> None:
    """A-01: status, headers, cookies and body are those for a wrong password."""
    answers = []
    for email, password in ((carol.email, "wrong"), (address, PASSWORD)):
        customer = Customer(acme)
        customer.visit("/sign-in/")
        page = customer.submit({"email": email})
        refused = customer.submit({"password": password})
        answers.append([_comparable(each, email) for each in (page, refused)])
    assert answers[0] == answers[1]


def _comparable(page: Any, email: str) -> tuple[Any, ...]:
    body = page.content.decode().replace(email, "ADDRESS")
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "JOURNEY", body)
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    headers = {name: value for name, value in page.headers.items() if name not in {"Content-Length", "X-Request-ID"}}
    return page.status_code, headers, sorted(page.cookies), body


def test_an_unknown_address_costs_the_same_hash_and_statements(acme: Tenant, carol: Account, hashes: list[str]) -> None:
    """A-03, counted: what takes time is done in either case."""
    costs = []
    for email in (carol.email, "nobody@acme.example"):
        customer = Customer(acme)
        customer.visit("/sign-in/")
        customer.submit({"email": email})
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            customer.submit({"password": "wrong password"})
        costs.append((len(hashes), len(queries)))
    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def test_guessing_ends_after_five_tries_and_the_page_says_when_to_come_back(acme: Tenant, carol: Account) -> None:
    """A-10: the password isn't even looked at any more."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    for number in range(5):
        assert customer.submit({"password": f"guess {number}"}).status_code == 400
    page = customer.submit({"password": PASSWORD})
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 300
    assert "Try again in 5 minutes." in customer.text
    assert not customer.is_signed_in


def test_another_browser_or_spelling_buys_no_more_guesses(acme: Tenant, carol: Account) -> None:
    """A-10: the limit is the account's and the network's, not the session's."""
    for spelling in ("carol@acme.example", "Carol@acme.example", "CAROL@ACME.EXAMPLE"):
        guesser = Customer(acme)
        guesser.visit("/sign-in/")
        guesser.submit({"email": spelling})
        for number in range(2):
            last = guesser.submit({"password": f"guess {spelling} {number}"})
    assert last.status_code == 429


def test_the_owner_gets_in_from_elsewhere_while_somebody_guesses(acme: Tenant, carol: Account) -> None:
    """A-13."""
    guesser = Customer(acme)
    guesser.visit("/sign-in/")
    guesser.submit({"email": carol.email})
    for number in range(8):
        guesser.submit({"password": f"guess {number}"})
    owner = Customer(acme)
    owner.browser.defaults["REMOTE_ADDR"] = "198.51.100.7"
    owner.sign_in(carol.email)
    assert owner.is_signed_in


def seven_networks_guess(acme: Tenant, email: str) -> Customer:
    """Three wrong passwords from each, which is more than the account allows the world. Returns the last guesser."""
    for network in range(7):
        guesser = Customer(acme)
        guesser.browser.defaults["REMOTE_ADDR"] = f"203.0.113.{network}"
        guesser.visit("/sign-in/")
        guesser.submit({"email": email})
        for number in range(3):
            guesser.submit({"password": f"guess {number}"})
    return guesser


def test_the_whole_world_guessing_shuts_nobody_out_of_a_browser_that_is_known(acme: Tenant, carol: Account) -> None:
    """A-13."""
    owner = Customer(acme)
    owner.sign_in(carol.email)
    owner.submit(to="sign-out")
    owner.browser.cookies.pop(f"{settings.SESSION_COOKIE_NAME}_acme", None)
    guesser = seven_networks_guess(acme, carol.email)
    assert guesser.submit({"password": PASSWORD}).status_code == 429
    owner.sign_in(carol.email)
    assert owner.is_signed_in


def test_a_known_browser_has_a_limit_of_its_own(acme: Tenant, carol: Account) -> None:
    """A-10."""
    thief = Customer(acme)
    thief.sign_in(carol.email)
    thief.browser.cookies.pop(f"{settings.SESSION_COOKIE_NAME}_acme")
    thief.visit("/sign-in/")
    thief.submit({"email": carol.email})
    statuses = [thief.submit({"password": f"guess {n}"}).status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]


def test_any_number_of_known_browsers_has_one_limit(acme: Tenant, carol: Account) -> None:
    """A-10: whoever once knew the password has made himself seven of them, and she has a new one since."""
    thieves = [Customer(acme) for _ in range(7)]
    for thief in thieves:
        thief.sign_in(carol.email)
        thief.browser.cookies.pop(f"{settings.SESSION_COOKIE_NAME}_acme")
    statuses = []
    for network, thief in enumerate(thieves):
        thief.browser.defaults["REMOTE_ADDR"] = f"203.0.113.{network}"
        thief.visit("/sign-in/")
        thief.submit({"email": carol.email})
        statuses += [thief.submit({"password": f"guess {n}"}).status_code for n in range(4)]
    assert statuses.count(400) == 20


@pytest.mark.parametrize("change", [lambda value: value[:-2] + "xx", lambda value: "", lambda value: "a:b:c"])
def test_a27_a_browser_that_calls_itself_known_is_none(
    acme: Tenant, carol: Account, change: Callable[[str], str]
) -> None:
    browser = Customer(acme)
    browser.sign_in(carol.email)
    name = f"{KNOWN_COOKIE}_acme"
    forged = change(browser.browser.cookies[name].value)
    guesser = seven_networks_guess(acme, carol.email)
    guesser.browser.cookies[name] = forged
    assert guesser.submit({"password": PASSWORD}).status_code == 429


def test_a_browser_is_known_to_its_own_accounts_at_its_own_tenant(acme: Tenant, globex: Tenant, carol: Account) -> None:
    """T-12, T-13: a cookie that Eve has earned at globex helps her nowhere at acme."""
    eve = Customer(globex)
    eve.sign_in("eve@globex.example")
    with tenant_context(globex):
        create_account(email=carol.email, password=PASSWORD, email_verified=True)
    other = Customer(globex)
    other.sign_in(carol.email)
    guesser = seven_networks_guess(acme, carol.email)
    for cookie in (eve.browser.cookies[f"{KNOWN_COOKIE}_globex"], other.browser.cookies[f"{KNOWN_COOKIE}_globex"]):
        guesser.browser.cookies[f"{KNOWN_COOKIE}_acme"] = cookie.value
        assert guesser.submit({"password": PASSWORD}).status_code == 429


def test_successes_use_no_limit_up(acme: Tenant, carol: Account) -> None:
    for _ in range(7):
        customer = Customer(acme)
        customer.sign_in(carol.email)
        assert customer.is_signed_in


def test_an_unknown_address_meets_the_same_limit(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": "nobody@acme.example"})
    statuses = [customer.submit({"password": f"guess {n}"}).status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]


def test_failures_are_logged_with_their_reason(acme: Tenant, carol: Account, dan: Account) -> None:
    for email in (carol.email, dan.email, "nobody@acme.example"):
        customer = Customer(acme)
        customer.visit("/sign-in/")
        customer.submit({"email": email})
        customer.submit({"password": "wrong"})
    with tenant_context(acme):
        reasons = [event.reason for event in Event.objects.filter(action="customer.sign_in_failed")]
    assert sorted(reasons) == ["account_disabled", "account_unknown", "password_wrong"]


def test_a_session_of_acme_opens_nothing_at_globex(acme: Tenant, globex: Tenant, carol: Account) -> None:
    """T-12."""
    customer = Customer(acme)
    customer.sign_in(carol.email)
    value = customer.browser.cookies[f"{settings.SESSION_COOKIE_NAME}_acme"].value
    elsewhere = Customer(globex)
    elsewhere.browser.cookies[f"{settings.SESSION_COOKIE_NAME}_globex"] = value
    assert not elsewhere.is_signed_in


def test_signing_out_asks_first_and_ends_the_session(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    customer.visit("/sign-out/")
    assert "Sign out?" in customer.text
    assert customer.is_signed_in
    customer.submit()
    assert "You are signed out" in customer.text
    assert not customer.is_signed_in


def test_forms_from_elsewhere_are_refused(acme: Tenant, carol: Account) -> None:
    """A-32."""
    browser = Browser(acme, checks_csrf=True)
    browser.sign_in(carol)
    assert browser.post("/sign-out/").status_code == 403
    assert browser.post("/profile/", {"givenName": "Mallory"}).status_code == 403
    assert browser.post("/language/", {"in-language": "de"}).status_code == 403


@pytest.mark.parametrize("fields", [{}, {"password": ""}, {"password": " "}, {"Password": PASSWORD}])
def test_a28_to_a29_an_empty_or_partial_form_signs_nobody_in(
    acme: Tenant, carol: Account, fields: dict[str, str]
) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert customer.submit(fields).status_code == 400
    assert not customer.is_signed_in


def test_a29_an_account_without_a_password_is_opened_by_none(acme: Tenant, carol: Account) -> None:
    """As a provider's customers have: what is empty, what is kept in its place, or any; refused as at Carol's."""
    with tenant_context(acme):
        nina = create_account(email="nina@acme.example", password=None, email_verified=True)
    assert nina.password
    for typed in ("", " ", nina.password, PASSWORD):
        answers = []
        for email, password in ((nina.email, typed), (carol.email, "wrong" if typed.strip() else typed)):
            customer = Customer(acme)
            customer.visit("/sign-in/")
            customer.submit({"email": email})
            answers.append(_comparable(customer.submit({"password": password}), email))
            assert not customer.is_signed_in
        assert answers[0] == answers[1]
        assert answers[0][0] == 400


@pytest.mark.parametrize(("length", "hashed"), [(512, 1), (513, 0), (10_000, 0)])
def test_an_endless_password_is_refused_without_hashing(
    acme: Tenant, carol: Account, hashes: list[str], length: int, hashed: int
) -> None:
    """A-06."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert customer.submit({"password": "x" * length}).status_code == 400
    assert len(hashes) == hashed


@pytest.mark.parametrize(
    "address",
    [
        "",
        "carol",
        "carol@",
        "@acme.example",
        "a@x.example,b@y.example",
        "Carol <carol@acme.example>",
        '"a b"@x.example',
        "carol@acme.example\x00",
        "a@b@acme.example",
        "a%b@acme.example",
        "carol(comment)@acme.example",
        "a@[127.0.0.1]",
        "x" * 300 + "@acme.example",
        "carol@acme.example\r\nBcc: eve@globex.example",
        "a\u0301" * 200 + "@x.example",
    ],
)
def test_a05_odd_addresses_are_refused_and_shown_again(acme: Tenant, address: str) -> None:
    """A-08: one plain address, or none."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    page = customer.submit({"email": address})
    assert page.status_code == 400
    assert 'aria-invalid="true"' in customer.text


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/t/globex/profile/",
        "javascript:alert(1)",
        "/t/acme/../globex/",
        "/t/acme/%2e%2e/globex/",
        "/t/acme//evil.example",
        "/t/acme/\tx",
    ],
)
def test_next_leads_nowhere_but_to_this_tenant(acme: Tenant, carol: Account, path: str) -> None:
    """O-19."""
    customer = Customer(acme)
    customer.browser.get("/sign-in/", {"next": path})
    with tenant_context(acme):
        assert Journey.objects.get().return_to == "/t/acme/profile/"
    customer.browser.sign_in(carol)
    assert customer.browser.get("/sign-in/", {"next": path})["Location"] == "/t/acme/profile/"


@pytest.mark.parametrize(
    "path",
    [
        "/t/acme/profile/",
        "//evil.example",
        "/tenants//evil.example",
        "/%5cevil.example",
        "/%2fevil.example",
        "/t%2Facme/oidc/logout",
        "/%74/acme/profile/",
    ],
)
def test_next_at_the_portal_leads_nowhere_but_to_the_portal(home: Tenant, ada: Account, path: str) -> None:
    """O-19: in path addressing all tenants share an origin, and a customer page of one isn't the portal's."""
    browser = Browser(home)
    browser.sign_in(ada)
    assert browser.get("/sign-in/", {"next": path})["Location"] == "/profile/"
    assert browser.post(f"/language/?next={path}", {"in-language": "de"})["Location"] == "/profile/"
    assert browser.get("/sign-in/", {"next": "/tenants/?q=a"})["Location"] == "/tenants/?q=a"


def test_next_leads_back_to_a_page_of_this_tenant(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/?next=/t/acme/sign-out/%3Fa%3Db")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert customer.path == "/t/acme/sign-out/?a=b"


def test_a_closed_flow_lets_nobody_sign_up(acme: Tenant) -> None:
    """A-33: by no door."""
    with tenant_context(acme):
        UserFlow.objects.update(allows_sign_up=False)
    customer = Customer(acme)
    assert customer.visit("/sign-up/").status_code == 403
    customer.visit("/sign-in/")
    assert "Sign up" not in customer.text
    assert customer.switch("sign_up", email="new@acme.example").status_code == 403
    with tenant_context(acme):
        assert not Journey.objects.filter(purpose="sign_up").exists()
