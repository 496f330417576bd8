"""Limits, proofs and addresses in mails hold on whichever page somebody tries, and whatever else they do meanwhile."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import URLPattern
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from common.web.limits import count_together, from_network
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.adversary import at
from tests.userflows.customer import PASSWORD, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.journeys.attempts.limits import TRIES_EVERYWHERE
from userflows.models import UserFlow
from userflows.urls import customer_urlpatterns

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
# What stands in the places of an address of the profile's pages.
PLACES = {
    "token": "made-up",
    "kind": "all",
    "passkey_id": "0b0c6ac4-6d4c-4f0e-9a3b-5d7a3a5f0d11",
    "identity_id": "0b0c6ac4-6d4c-4f0e-9a3b-5d7a3a5f0d12",
}


@pytest.fixture
def another_flow(acme: Tenant) -> str:
    """The ID of a second flow of acme's, with passwords and codes as the first."""
    with tenant_context(acme):
        methods = ("password", "code")
        change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, actor=COMMAND)
        flow = create_user_flow(name="Another", methods=methods, actor=COMMAND)
    forget_everything()
    return str(flow.pk)


def test_a11_passwords_that_are_used_up_are_so_at_every_flow(acme: Tenant, carol: Account, another_flow: str) -> None:
    for network in range(5):
        guesser = at(acme, f"203.0.113.{network}", email=carol.email)
        for guess in range(4):
            guesser.submit({"password": f"guess {network} {guess}"})
    for start in ("/sign-in/", f"/sign-in/?flow={another_flow}"):
        somebody = at(acme, "198.51.100.1", start, carol.email)
        assert somebody.submit({"password": PASSWORD}, to="password").status_code == 429


def test_a11_codes_that_are_used_up_are_so_on_every_page_that_takes_one(
    acme: Tenant, carol: Account, another_flow: str
) -> None:
    for network in range(2):
        guesser = at(acme, f"203.0.113.{network}", "/reset/", carol.email)
        run_jobs()
        for _ in range(5):
            guesser.submit({"code": "000000"})
    for start in (f"/sign-in/?flow={another_flow}", "/reset/", "/sign-up/"):
        somebody = at(acme, "198.51.100.1", start, carol.email)
        if "sign-in" in start:
            somebody.submit(to="send")
        run_jobs()
        assert somebody.submit({"code": "000000"}, to="code").status_code == 429, start


def test_a34_one_password_tried_at_one_account_after_another_is_stopped_at_every_tenant(
    acme: Tenant, globex: Tenant, carol: Account, dan: Account, eve: Account
) -> None:
    """By one network, which nobody else's tries are counted for."""
    network = "203.0.113.34"
    for _ in range(TRIES_EVERYWHERE.attempts - 2):
        count_together(*from_network(TRIES_EVERYWHERE, network))
    for account in (carol, dan):
        assert at(acme, network, email=account.email).submit({"password": "Spring-2026!"}).status_code == 400
    for tenant, account in ((globex, eve), (acme, carol)):
        sprayer = at(tenant, network, email=account.email)
        assert sprayer.submit({"password": PASSWORD}).status_code == 429
        assert not sprayer.is_signed_in
    with tenant_context(globex):
        assert Event.objects.filter(action="customer.sign_in_failed", ip=network).exists()
    owner = at(globex, "198.51.100.1", email=eve.email)
    owner.submit({"password": PASSWORD})
    assert owner.is_signed_in


def test_a12_nothing_that_eve_does_gives_her_tries_back(acme: Tenant, carol: Account) -> None:
    """Nor does what the owner does meanwhile: signing in, and asking for another password."""
    with tenant_context(acme):
        create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
    eve = at(acme, "203.0.113.1", email=carol.email)
    for guess in range(5):
        eve.submit({"password": f"guess {guess}"})
    assert eve.submit({"password": "another guess"}).status_code == 429

    herself = at(acme, "203.0.113.1", email="eve@acme.example")
    herself.submit({"password": PASSWORD})
    assert herself.is_signed_in
    at(acme, "203.0.113.1", "/reset/", carol.email)
    owner = at(acme, "198.51.100.1", email=carol.email)
    owner.submit({"password": PASSWORD})
    assert owner.is_signed_in

    assert at(acme, "203.0.113.1", email=carol.email).submit({"password": PASSWORD}).status_code == 429


def test_a14_who_comes_from_no_address_is_counted_all_the_same(acme: Tenant, carol: Account) -> None:
    """As behind a socket whose proxy says nothing of its clients."""
    guesser = at(acme, "", email=carol.email)
    assert [guesser.submit({"password": f"guess {n}"}).status_code for n in range(6)] == [400] * 5 + [429]


@pytest.mark.parametrize("path", ["/sign-in/", "/reset/", "/sign-up/"])
def test_a16_no_header_puts_another_address_into_a_mail(acme: Tenant, carol: Account, path: str) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=("code", "link"), actor=COMMAND)
    forget_everything()
    headers = {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example", "HTTP_X_HOST": "evil"}
    eve = at(acme, "203.0.113.1")
    eve.browser.defaults.update(headers)
    eve.visit(path)
    eve.submit({"email": carol.email})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert "evil" not in mail.text + mail.html
    assert "localhost" in mail.text


def pages_of_the_profile() -> Iterator[str]:
    for page in customer_urlpatterns:
        assert isinstance(page, URLPattern)
        route = str(page.pattern)
        if route.startswith("profile/") and "undo" not in route:
            yield "/" + re.sub(r"<\w+:(\w+)>", lambda place: PLACES[place[1]], route)


def test_a22_nobody_adds_or_changes_anything_before_they_have_signed_in(acme: Tenant, carol: Account) -> None:
    """Every page of an account, sent whatever its forms might hold."""
    sent = {"email": "eve@globex.example", "number": "+4915112345678", "answer": "{}", "token": "x", "provider": "x"}
    with tenant_context(acme):
        before = Event.objects.count()
    for path in pages_of_the_profile():
        answer = Browser(acme).post(path, sent)
        is_sent_away = answer.status_code == 303 and answer["Location"].startswith(("/t/acme/sign-in/", "/t/acme/go/"))
        assert is_sent_away or answer.status_code == 405, path
        for way_back in parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("next", ()):
            assert Browser(acme).get(way_back).status_code != 405, path
    with tenant_context(acme):
        assert Event.objects.count() == before
        kept = Account.objects.get(pk=carol.pk)
        assert (kept.email, kept.phone_number) == (carol.email, "")
