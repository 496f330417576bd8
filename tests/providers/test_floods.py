"""What strangers post as if a provider had answered: it is bounded by request, by network and by all that is kept."""

import base64
import os
from dataclasses import replace

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.models import Event
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.conftest import COMMAND, go_there, press
from tests.providers.elsewhere import Elsewhere
from tests.providers.saml import Provider
from tests.userflows.customer import PASSWORD, Customer
from userflows.journeys import entry
from userflows.journeys.attempts import crowds
from userflows.journeys.attempts.crowds import ANSWERS, Begun, Looks, forget_too_much
from userflows.models import Journey
from userflows.steps.provider import actions, callback
from userflows.steps.provider.actions import posted

pytestmark = pytest.mark.django_db
KEPT = "SELECT sum(pg_column_size(step_data)) FROM userflows_journey"


def made_up(length: int = 120_000) -> str:
    """What can't be compressed."""
    return base64.b64encode(os.urandom(length * 3 // 4)).decode()


def kept(acme: Tenant) -> dict[str, str]:
    """What is kept of what was posted on the only way there is."""
    with tenant_context(acme):
        return dict(posted(Journey.objects.get()))


def test_o52_of_a_request_one_answer_is_kept(acme: Tenant, by_saml: IdentityProvider, idp: Provider) -> None:
    eve, first, second = Customer(acme), made_up(), made_up()
    idp.arrive(go_there(eve, by_saml))
    path, form = idp.posts(b"")
    Browser(acme).post(path, {**form, "SAMLResponse": first, "code": "a code", "user": "somebody"})
    assert kept(acme) == {"SAMLResponse": first}
    for _ in range(3):
        assert Browser(acme).post(path, {**form, "SAMLResponse": second}).status_code == 303
    assert kept(acme) == {"SAMLResponse": first}

    idp.arrive(press(eve, by_saml))
    assert kept(acme) == {}
    Browser(acme).post(path, {**form, "SAMLResponse": second})
    assert kept(acme) == {}, "it answers the request before"


def test_o52_only_a_provider_of_saml_is_believed_to_say_so_much(
    acme: Tenant, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    back = elsewhere.sign_in(go_there(Customer(acme), provider))
    state = {"state": elsewhere.asked["state"]}
    path = back.partition("?")[0]
    Browser(acme).post(path, {**state, "SAMLResponse": made_up(), "user": "x" * 4000})
    assert kept(acme) == {}
    Browser(acme).post(path, {**state, "SAMLResponse": made_up(), "code": "x" * 5000})
    assert kept(acme) == {"code": ""}


def test_o52_from_one_network_only_so_many_answers_are_taken(
    acme: Tenant, by_saml: IdentityProvider, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "_begun", Begun())
    monkeypatch.setattr(crowds, "UNCOUNTED", 0)
    monkeypatch.setattr(callback, "ANSWERS", replace(ANSWERS, attempts=3))
    idp.arrive(go_there(Customer(acme), by_saml))
    path, form = idp.posts(b"")
    eve = Browser(acme, REMOTE_ADDR="192.0.2.66")
    answers = [eve.post(path, form).status_code for _ in range(4)]

    assert answers == [303] * 3 + [429]
    assert Browser(acme, REMOTE_ADDR="192.0.2.7").post(path, form).status_code == 303
    with tenant_context(acme):
        event = Event.objects.get(reason="too_many_attempts")
    assert (event.action, event.ip, event.details["refused"]) == ("customer.sign_in_failed", "192.0.2.66", 1)


def test_o52_a_flood_of_answers_is_forgotten_before_anybody_elses_way(
    acme: Tenant, by_saml: IdentityProvider, idp: Provider, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(forget_too_much)
    monkeypatch.setattr(entry, "of_journeys", looks)
    monkeypatch.setattr(actions, "of_journeys", looks)
    monkeypatch.setattr(crowds, "BEGUN_BETWEEN_LOOKS", 40)
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_STRANGERS", 400_000)
    behaving = Customer(acme, Browser(acme, REMOTE_ADDR="192.0.2.1"))
    behaving.visit("/sign-in/")

    for number in range(12):
        eve = Customer(acme, Browser(acme, REMOTE_ADDR=f"198.51.100.{number}"))
        idp.arrive(go_there(eve, by_saml))
        path, form = idp.posts(b"")
        eve.browser.post(path, {**form, "SAMLResponse": made_up()})

    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(KEPT)
        assert cursor.fetchone()[0] <= 400_000 + 40 * crowds.BYTES_OF_LONGEST
    behaving.submit({"email": carol.email})
    behaving.submit({"password": PASSWORD})
    assert behaving.is_signed_in


def test_o52_what_a_customer_has_answered_again_and_again_is_forgotten_and_nothing_of_anybody_else(
    acme: Tenant, by_saml: IdentityProvider, idp: Provider, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eve has an account, so what she begins is no stranger's."""
    looks = Looks(forget_too_much)
    monkeypatch.setattr(entry, "of_journeys", looks)
    monkeypatch.setattr(actions, "of_journeys", looks)
    monkeypatch.setattr(crowds, "BEGUN_BETWEEN_LOOKS", 40)
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_STRANGERS", 100_000)
    monkeypatch.setattr(crowds, "MOST_BYTES_OF_ANSWERS", 400_000)
    with tenant_context(acme):
        eve = create_account(email="eve@evil.example", password=PASSWORD, email_verified=True, actor=COMMAND)

    def answer(somebody: Customer, response: str) -> None:
        idp.arrive(somebody.browser.post("/profile/providers/connect/", {"provider": by_saml.pk})["Location"])
        path, form = idp.posts(b"")
        Browser(acme).post(path, {**form, "SAMLResponse": response})

    behaving, flooding = Customer(acme), Customer(acme)
    behaving.sign_in(carol.email)
    flooding.sign_in(eve.email)
    answer(behaving, "hers")
    for _ in range(12):
        answer(flooding, made_up())

    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(KEPT)
        assert cursor.fetchone()[0] <= 400_000 + 40 * crowds.BYTES_OF_LONGEST
        assert posted(Journey.objects.get(account_id=carol.pk, finished_at=None)) == {"SAMLResponse": "hers"}
        assert Journey.objects.filter(account_id=eve.pk, finished_at=None).count() == 12
