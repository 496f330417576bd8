"""Signing in with Apple: an answer that is posted without cookies, a secret made of a key, a name that is told once."""

from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from common.problems import Refused
from common.web.outgoing import OutgoingError
from providers.description import usual
from providers.models import IdentityProvider
from providers.relying_party import fetched
from providers.services import create_provider
from providers.trial import try_provider
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.conftest import COMMAND, go_there, offer, press
from tests.providers.others import KEY_FILE, KEY_ID, SERVICES_ID, TEAM_ID, Apple, first_time
from tests.providers.people import linked_with
from tests.userflows.customer import Customer, new_code
from userflows.models import Journey
from userflows.state import method_of_provider
from userflows.steps.provider.actions import posted

pytestmark = pytest.mark.django_db
DESCRIPTION = replace(usual("apple"), client_id=SERVICES_ID, team_id=TEAM_ID, key_id=KEY_ID)
RELAYED = "x7k2m9@privaterelay.appleid.com"


@pytest.fixture
def apple(monkeypatch: pytest.MonkeyPatch) -> Apple:
    server = Apple(person={"sub": "001234.ab.0607", "email": RELAYED, "email_verified": "true"})
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    return server


@pytest.fixture
def provider(acme: Tenant, apple: Apple) -> IdentityProvider:
    with tenant_context(acme):
        created = create_provider(DESCRIPTION, secret=KEY_FILE, actor=COMMAND)
        offer(created, "password", method_of_provider(created.pk))
    return created


def post(acme: Tenant, apple: Apple, there: str, **answer: str) -> str:
    """Apple's page posts its answer: a browser sends none of our cookies along. Returns where it is sent then."""
    path, form = apple.posts(there, **answer)
    response = Browser(acme, checks_csrf=True).post(path, form)
    assert response.status_code == 303
    assert not response.cookies, "a new cookie would take the place of the one that the browser has"
    return str(response["Location"])


def test_a_newcomer_whose_address_apple_hands_on_signs_up_and_comes_back(
    customer: Customer, provider: IdentityProvider, apple: Apple, acme: Tenant
) -> None:
    back = post(acme, apple, go_there(customer, provider), user=first_time("Carol", "Cole", "eve@evil.example"))
    customer.visit(back)
    assert 'value="Carol"' in customer.text
    assert 'value="Cole"' in customer.text
    assert "evil.example" not in customer.text, "the address beside the answer is signed by nobody"
    customer.submit({"givenName": "Carol", "surname": "Cole"})

    assert customer.is_signed_in
    assert linked_with(acme) == [(RELAYED, "001234.ab.0607")]
    assert apple.secret_claims["exp"] - apple.secret_claims["iat"] <= 300
    again = Customer(acme)
    again.visit(post(acme, apple, go_there(again, provider)))
    assert again.is_signed_in


def test_the_name_survives_a_try_that_failed(
    customer: Customer, provider: IdentityProvider, apple: Apple, acme: Tenant
) -> None:
    """Apple tells it the first time alone."""
    there = go_there(customer, provider)
    apple.spoils = {"token": lambda: (_ for _ in ()).throw(OutgoingError("appleid.apple.com took too long."))}
    customer.visit(post(acme, apple, there, user=first_time("Carol", "Cole", RELAYED)))
    assert "available right now" in customer.text
    apple.spoils = {}
    customer.visit(post(acme, apple, press(customer, provider)))

    assert 'value="Cole"' in customer.text


def test_an_address_of_another_house_is_confirmed_by_a_code(
    customer: Customer, provider: IdentityProvider, apple: Apple, acme: Tenant
) -> None:
    apple.person = {**apple.person, "email": "nina@new.example"}
    customer.visit(post(acme, apple, go_there(customer, provider)))
    assert "/code/" in customer.path
    customer.submit({"code": new_code(acme, "nina@new.example")})

    assert "Complete your account" in customer.text


def test_a23_what_eve_posts_is_kept_for_nobody(
    customer: Customer, provider: IdentityProvider, apple: Apple, acme: Tenant, globex: Tenant
) -> None:
    path, form = apple.posts(go_there(customer, provider))
    eve = Browser(acme, checks_csrf=True)
    for sent in ({}, {**form, "state": "x" + form["state"]}, {**form, "state": form["state"][:-1]}):
        assert "code=" not in eve.post(path, sent)["Location"]
    eve.post(path.replace(provider.pk, "0123456789ab"), {**form, "code": "eves"})
    assert Browser(globex).post(path.replace("/t/acme", "/t/globex"), form).status_code == 303
    with tenant_context(acme):
        assert not posted(Journey.objects.get())

    back = post(acme, apple, apple_url(apple))
    assert Browser(acme).get(back).status_code == 404, "login CSRF: only the browser that left may come for it"
    customer.visit(back)
    assert "Complete your account" in customer.text
    customer.visit(back)
    assert [path for path, _, _ in apple.calls].count("token") == 1
    with tenant_context(acme):
        assert "a-code" not in str(Journey.objects.get().step_data)


def apple_url(apple: Apple) -> str:
    """The address that the customer was sent to, once more."""
    return "https://appleid.apple.com/auth/authorize?" + "&".join(f"{k}={v}" for k, v in apple.asked.items())


def test_who_turns_back_at_apple_reads_so(
    customer: Customer, provider: IdentityProvider, apple: Apple, acme: Tenant
) -> None:
    customer.visit(post(acme, apple, go_there(customer, provider), code="", error="user_cancelled_authorize"))

    assert "You didn&#x27;t sign in with Apple." in customer.text


def test_what_apple_gives_is_judged_before_it_is_kept(acme: Tenant, apple: Apple, provider: IdentityProvider) -> None:
    with tenant_context(acme):
        wrong = replace(DESCRIPTION, name="Other", team_id="short", key_id="with space")
        with pytest.raises(Refused) as refused:
            create_provider(wrong, secret="-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", actor=COMMAND)
        assert [problem.field for problem in refused.value.problems] == ["team_id", "key_id", "secret"]

        found = try_provider(provider, redirect_uri="https://x.example/", actor=Actor.command())
        assert {each.state for each in found} == {"good"}
        IdentityProvider.objects.update(key_id="OTHERKEY12")
        provider.refresh_from_db()
        found = try_provider(provider, redirect_uri="https://x.example/", actor=Actor.command())
        assert "secret or key (invalid_client)" in found[-1].text
