"""Every way in, walked at a phone: by each method and each second factor, to sign in and to sign up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import cast

import pytest
from django.http import HttpRequest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, Session
from audit.services import Actor
from providers.models import LinkedIdentity
from providers.relying_party import fetched
from providers.services import create_provider
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.providers.conftest import USUAL
from tests.providers.elsewhere import SECRET, Elsewhere
from tests.providers.people import CAROL, NINA
from tests.providers.site import site_of
from tests.screens import PHONE
from tests.userflows.factors.authenticator import UP, UV, Authenticator, Key, with_passkey
from tests.userflows.factors.in_chromium import with_authenticator
from tests.userflows.factors.phone import Clock, Phone, with_phone
from tests.userflows.walk.walker import NUMBER, Walker
from tests.userflows.walk.ways import IMPOSSIBLE, NONE, WAYS, Way, all_pairs, pairs_walked
from userflows.flows.services import change_user_flow
from userflows.methods import sign_in_methods
from userflows.models import UserFlow
from userflows.signed_in import facts_of
from userflows.state import ALWAYS, APP, FACTORS, PASSKEY, PROVIDER, SIGN_IN, SMS, method_of_provider

COMMAND = Actor.command()
# A flow offers a message to a phone beside something else alone.
METHODS = {SMS: ("password", SMS)}


@dataclass
class Pocket:
    """What a customer has with them: an app, set up or not, and a passkey if there is one."""

    app: Phone
    key: Key | None = None


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    server = Elsewhere()
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    with site_of(server):
        yield server
    fetched.forget_documents()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


def test_any_two_choices_meet_on_a_way_or_it_is_said_why_not() -> None:
    assert all_pairs() - pairs_walked() == IMPOSSIBLE.keys()


def test_no_method_and_no_factor_is_left_out() -> None:
    assert {way.first for way in WAYS} == set(sign_in_methods())
    assert {way.second for way in WAYS} == {NONE, *FACTORS}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_each_way_leads_in(
    way: Way, acme: Tenant, carol: Account, elsewhere: Elsewhere, clock: Clock, open_page: Callable[..., Page]
) -> None:
    pocket = set_up(way, acme, carol, elsewhere, clock)
    start = f"/t/acme/{way.goal.replace('_', '-')}/"
    page = open_page("/t/acme/signed-out/", viewport=PHONE, java_script_enabled=way.scripts)
    if PASSKEY in {way.first, way.second}:
        with_authenticator(page, pocket.key)
    page.goto(start)
    email = carol.email if way.goal == SIGN_IN else str(NINA["email"])
    has_key = pocket.key is not None
    walker = Walker(page, acme, email, way.first, pocket.app, has_key=has_key, has_scripts=way.scripts)

    assert walker.walk() == way.pages

    with tenant_context(acme):
        assert " ".join(amr_of(Account.objects.with_email(email).get())) == way.amr


def set_up(way: Way, acme: Tenant, carol: Account, elsewhere: Elsewhere, clock: Clock) -> Pocket:
    """Have acme's flow offer this way, and Carol have what she shows on it."""
    pocket = Pocket(Phone(clock))
    with tenant_context(acme):
        methods = METHODS.get(way.first, (way.first,))
        if way.first == PROVIDER:
            methods = (add_provider(elsewhere, carol if way.goal == SIGN_IN else None),)
        if SMS in {way.first, way.second}:
            choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=COMMAND)
        flow = UserFlow.objects.get(is_default=True)
        factors = {"second_factor": ALWAYS, "factors": (way.second,)} if way.second != NONE else {}
        change_user_flow(flow, methods=methods, verifies_last=way.verifies_last, **factors, actor=COMMAND)
    if way.goal == SIGN_IN:
        give_carol(way, acme, carol, clock, pocket)
    return pocket


def add_provider(elsewhere: Elsewhere, customer: Account | None) -> str:
    """Acme has a provider at that site, with whom this customer is linked; returns the method."""
    elsewhere.person = CAROL if customer else NINA
    provider = create_provider(replace(USUAL, issuer=elsewhere.issuer), secret=SECRET, actor=COMMAND)
    if customer:
        LinkedIdentity.objects.create(
            provider=provider, issuer=elsewhere.issuer, subject=str(CAROL["sub"]), account_id=customer.pk
        )
    return method_of_provider(provider.pk)


def give_carol(way: Way, acme: Tenant, carol: Account, clock: Clock, pocket: Pocket) -> None:
    """What she shows as first or second factor beside her password and her mail."""
    if way.second == APP and way.first != PASSKEY:
        pocket.app = with_phone(acme, carol, clock)
    if SMS in {way.first, way.second}:
        with tenant_context(acme):
            owner = Account.objects.get(pk=carol.pk)
            set_phone(owner, number=NUMBER, actor=actor_of(owner))
    if PASSKEY in {way.first, way.second}:
        # One of this kind keeps its keys to itself, as the one that Chromium plays.
        authenticator = Authenticator(flags=UP | UV)
        with_passkey(acme, carol, authenticator)
        pocket.key = authenticator.keys["localhost"][0]


def amr_of(account: Account) -> list[str]:
    """What an application would be told of the account's newest sign-in."""
    session = Session.objects.of_account(account.pk).latest("created_at")
    return facts_of(cast(HttpRequest, SimpleNamespace(session=session.data, user=account))).amr
