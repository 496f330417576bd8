"""What several do at once, and what is said of a provider that isn't to blame."""

import time
from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from common.web.outgoing import HttpAnswer, Places, TooManyWaiting
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party import fetched
from providers.services import create_provider, hold_provider
from providers.trial import ProviderFindingState, try_provider
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import allow
from tests.crowd import at_once
from tests.oidc import devices
from tests.oidc.relying_party import RelyingParty
from tests.providers.conftest import COMMAND, USUAL, come_back, go_there, press
from tests.providers.elsewhere import SECRET, Elsewhere, answer_of
from tests.providers.people import CAROL, NINA, change, linked_with
from tests.userflows.customer import PASSWORD, Customer
from userflows.flows.removal import delete_provider_everywhere


def test_slow_servers_of_many_tenants_leave_places_for_one_that_is_not() -> None:
    places = Places(4, share=2, slow_after=0.2)

    def wait(*tenants: str) -> list[str]:
        """Who is turned away, of those that come one after the other and stay."""
        held, refused = [], []
        for each in tenants:
            place = places.one(each)
            try:
                place.__enter__()
            except TooManyWaiting:
                refused.append(each)
            else:
                held.append(place)
        time.sleep(0.25)
        for place in held:
            place.__exit__(None, None, None)
        return refused

    # Two may have two each in a quiet hour; but nobody's second is somebody else's first.
    assert wait("acme", "acme", "globex", "globex", "initech") == ["globex"]
    # From now on they are known to be slow, all three of them, and together they get half.
    assert wait("acme", "globex", "initech", "acme", "umbrella") == ["initech", "acme"]
    with places.one("initech"):
        pass
    assert wait("acme", "globex", "initech") == [], "it is as quick as others by now"


@pytest.mark.django_db
def test_a_code_that_the_provider_cannot_stand_is_no_fault_of_the_providers(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Eve brings codes of her own making; nobody shall have the administrators called out by it."""
    answers = [
        answer_of({"error": "invalid_request"}, status=400),
        answer_of({"error": "invalid_grant"}, status=400),
        HttpAnswer(403, {}, b"<html>blocked by a firewall"),
        HttpAnswer(400, {}, b"\xff"),
    ]
    for answer in answers:
        elsewhere.spoils = {"token": lambda answer=answer: answer}  # type: ignore[misc]
        customer = Customer(acme)
        come_back(customer, provider, elsewhere, code="x%27+OR+1%3D1")
        assert "work. Try again." in customer.text
    elsewhere.spoils = {}
    come_back(Customer(acme), provider, elsewhere, code="%0A%00")
    assert [path for path, _, _ in elsewhere.calls].count("token") == len(answers), "that is no code at all"
    with tenant_context(acme):
        assert IdentityProvider.objects.get().failing_since is None
        assert set(Event.objects.filter(reason__gt="").values_list("reason", flat=True)) == {"provider_refused"}

        elsewhere.spoils = {"token": lambda: answer_of({"error": "invalid_request"}, status=400)}
        found = try_provider(provider, redirect_uri="https://x.example/", actor=Actor.command())
        assert [each.state for each in found if "invalid_request" in each.text] == [ProviderFindingState.DOUBTFUL]


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["there", "back"])
def test_a_provider_switched_off_on_the_way_is_what_the_log_says(
    when: str, customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    back = elsewhere.sign_in(go_there(customer, provider))
    if when == "back":
        customer.visit(back)
    with tenant_context(acme):
        change(provider, is_on=False)
    if when == "there":
        customer.visit(back)
        assert "available right now" in customer.text
    else:
        customer.submit({"givenName": "Nina", "surname": ""})

    assert not customer.is_signed_in
    with tenant_context(acme):
        event = Event.objects.get(reason__gt="")
        assert (event.reason, event.details["provider"]) == ("provider_off", "Elsewhere")


@pytest.mark.django_db
def test_who_uses_another_account_at_a_device_is_asked_which_at_the_provider(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, mobile: Application, carol: Account
) -> None:
    with tenant_context(acme):
        allow(mobile, DEVICE_CODE)
    begun = devices.begin(RelyingParty(Browser(acme), mobile))
    phone = Browser(acme)
    phone.sign_in(carol)
    customer = Customer(acme, phone)
    another = devices.press(phone, devices.enter(phone, begun["user_code"]), carol, "another")
    customer.visit(another["Location"])
    elsewhere.sign_in(press(customer, provider))

    assert elsewhere.asked["prompt"] == "select_account"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_more_providers_are_added_at_once_than_one_after_the_other(
    acme: Tenant, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.services.MOST_PROVIDERS", 2)
    names = iter("ABCD")

    def add() -> bool:
        with tenant_context(acme):
            try:
                create_provider(replace(USUAL, name=next(names)), secret=SECRET, actor=COMMAND)
            except Refused:
                return False
            return True

    assert sorted(at_once(4, add)) == [False, False, True, True]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_provider_deleted_while_somebody_is_linked_leaves_nobody_half_linked(
    customer: Customer,
    provider: IdentityProvider,
    elsewhere: Elsewhere,
    acme: Tenant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere.person = CAROL
    come_back(customer, provider, elsewhere)

    def slowly(provider_id: str) -> Any:
        found = hold_provider(provider_id)
        time.sleep(0.2)
        return found

    monkeypatch.setattr("userflows.journeys.account.linking.hold_provider", slowly)

    def delete() -> int:
        time.sleep(0.1)
        with tenant_context(acme):
            delete_provider_everywhere(provider, actor=COMMAND)
        return 0

    doings = iter([lambda: customer.submit({"password": PASSWORD}).status_code, delete])

    def do_one() -> int:
        return next(doings)()

    answers = at_once(2, do_one)

    assert sorted(answers) == [0, 200]
    assert customer.is_signed_in
    with tenant_context(acme):
        assert not LinkedIdentity.objects.exists()
    assert linked_with(acme) == []
    fetched.forget_documents()
