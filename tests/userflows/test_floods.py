"""Beginnings without end, from one network or many: what they leave is bounded, and who behaves doesn't notice."""

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.along import at_second_factor
from tests.userflows.customer import Customer
from userflows.journeys import entry, progress
from userflows.journeys.attempts import crowds
from userflows.journeys.attempts.crowds import JOURNEYS, Begun, Looks, forget_too_much
from userflows.models import Journey
from userflows.questions.given import DETAILS

pytestmark = pytest.mark.django_db


def customer_at(tenant: Tenant, address: str) -> Customer:
    return Customer(tenant, Browser(tenant, REMOTE_ADDR=address))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three beginnings are many for one network, and thirty for a site."""
    monkeypatch.setattr(crowds, "_begun", Begun())
    monkeypatch.setattr(crowds, "UNCOUNTED", 0)
    monkeypatch.setattr(entry, "JOURNEYS", replace(JOURNEYS, attempts=3))


@pytest.mark.usefixtures("few")
def test_o52_whoever_comes_without_an_application_is_counted_like_all(acme: Tenant, bookshop: Application) -> None:
    eve = customer_at(acme, "192.0.2.66")
    eve.browser.get("/oidc/authorize", {"client_id": bookshop.client_id})
    answers = [eve.browser.get(door).status_code for door in ("/sign-in/", "/sign-up/", "/reset/")]
    assert answers == [303] * 3

    refused = eve.visit("/sign-up/")

    assert refused.status_code == 429
    assert "Too many attempts" in eve.text
    assert "Try again in 1 minute." in eve.text
    assert acme.name in eve.text
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Refresh"] == refused["Retry-After"]
    with tenant_context(acme):
        assert Journey.objects.count() == 3
        event = Event.objects.get(reason="too_many_attempts")
    assert (event.action, event.ip, event.details["refused"]) == ("customer.sign_in_failed", "192.0.2.66", 1)
    assert customer_at(acme, "192.0.2.7").visit("/sign-up/").status_code == 200


@pytest.mark.usefixtures("few")
def test_t05_the_networks_of_one_site_are_counted_together(acme: Tenant) -> None:
    answers = [
        customer_at(acme, f"2001:db8:1:{network:x}::1").browser.get("/sign-in/").status_code for network in range(31)
    ]
    assert answers == [303] * 30 + [429]
    assert customer_at(acme, "2001:db8:2::1").browser.get("/sign-in/").status_code == 303


def test_o52_a_flood_from_many_networks_leaves_so_much_and_forgets_nobody_else(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "of_journeys", Looks(forget_too_much))
    monkeypatch.setattr(crowds, "BEGUN_BETWEEN_LOOKS", 20)
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_STRANGERS", 15 * 1100)
    known, new = customer_at(acme, "192.0.2.1"), customer_at(acme, "192.0.2.2")
    known.sign_in(carol.email)
    known.visit("/profile/password/")
    new.visit("/sign-in/")

    for number in range(120):
        customer_at(acme, f"2001:db8:{number % 4:x}:{number:x}::1").browser.get("/sign-in/")

    with tenant_context(acme):
        assert 12 <= Journey.objects.filter(account_id=None).count() <= 15 + 20
        assert Journey.objects.filter(account_id=carol.pk).count() == 2
    new.submit({"email": carol.email})
    new.submit({"password": PASSWORD})
    assert new.is_signed_in
    assert known.submit({"password": PASSWORD}).status_code == 200


def test_o52_what_is_given_before_an_address_is_verified_is_looked_after(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    look = Mock()
    monkeypatch.setattr(progress, "of_journeys", Looks(look))
    monkeypatch.setattr(crowds, "BEGUN_BETWEEN_LOOKS", 3)
    customer_at(acme, "192.0.2.66").browser.get("/sign-in/")
    with tenant_context(acme):
        journey = Journey.objects.get()
        for letters in (9_000, 9_000, 9_000, 11_000, 21_000):
            assert not look.called
            journey.note(DETAILS, answers={"jobTitle": "x" * letters})
            with django_capture_on_commit_callbacks(execute=True):
                progress.save_progress(journey)
    assert look.called


def test_o52_no_flood_takes_along_that_somebody_had_the_password_and_left(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_STRANGERS", 0)
    eve = at_second_factor(acme, carol)
    eve.submit({"email": "eve@acme.example"}, to="address")
    eve.browser.get("/sign-in/")
    with tenant_context(acme):
        forget_too_much()
        assert Journey.objects.get().email == "eve@acme.example"


def test_o52_what_has_proved_something_is_no_strangers(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_STRANGERS", 0)
    somebody = customer_at(acme, "192.0.2.2")
    somebody.sign_up_to_code("new@acme.example")
    somebody.submit({"code": somebody.code_from_mail("new@acme.example")})
    somebody.browser.get("/sign-in/")
    with tenant_context(acme):
        forget_too_much()
        assert Journey.objects.get().email == "new@acme.example"
