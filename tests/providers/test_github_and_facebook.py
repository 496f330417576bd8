"""Providers without ID tokens: who somebody is there, their API tells."""

from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from common.problems import Refused
from providers.description import ProviderDescription, usual
from providers.models import IdentityProvider
from providers.relying_party import fetched
from providers.services import create_provider
from providers.trial import ProviderFindingState, try_provider
from tenants.models import Tenant
from tests.providers.conftest import COMMAND, go_there, offer, press
from tests.providers.others import Facebook, GitHub
from tests.providers.people import change, linked_with
from tests.userflows.customer import PASSWORD, Customer, new_code
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db
NINAS = [
    {"email": "eve@evil.example", "primary": False, "verified": True},
    {"email": "nina@new.example", "primary": True, "verified": True},
]


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> GitHub:
    server = GitHub(addresses=NINAS)
    monkeypatch.setattr(fetched, "call", server.call)
    return server


@pytest.fixture
def facebook(monkeypatch: pytest.MonkeyPatch) -> Facebook:
    server = Facebook()
    monkeypatch.setattr(fetched, "call", server.call)
    return server


def set_up(acme: Tenant, description: ProviderDescription, secret: str) -> IdentityProvider:
    with tenant_context(acme):
        created = create_provider(description, secret=secret, actor=COMMAND)
        offer(created, "password", method_of_provider(created.pk))
    return created


@pytest.fixture
def at_github(acme: Tenant, github: GitHub) -> IdentityProvider:
    return set_up(acme, replace(usual("github"), client_id="Iv1.acme", trust="all"), github.secret)


@pytest.fixture
def at_facebook(acme: Tenant, facebook: Facebook) -> IdentityProvider:
    return set_up(acme, replace(usual("facebook"), client_id="1234567890"), facebook.secret)


def come_back(customer: Customer, provider: IdentityProvider, server: Any) -> None:
    customer.visit(server.sign_in(go_there(customer, provider)))


def test_a_newcomer_from_github_signs_up_by_the_primary_address_and_comes_back(
    customer: Customer, at_github: IdentityProvider, github: GitHub, acme: Tenant
) -> None:
    github.person["email"] = "carol@acme.example"
    come_back(customer, at_github, github)
    assert "Complete your account" in customer.text
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert linked_with(acme) == [("nina@new.example", "583231")]
    github.paths.clear()
    again = Customer(acme)
    come_back(again, at_github, github)
    assert again.is_signed_in
    assert not [path for path in github.paths if "emails" in path], "who is known is asked for nothing more"


@pytest.mark.parametrize(
    "addresses",
    [
        [{"email": "carol@acme.example", "primary": True, "verified": False}],
        [{"email": "carol@acme.example", "primary": False, "verified": True}],
        [],
        {"message": "Not Found"},
        ["carol@acme.example", None],
    ],
    ids=["not verified", "not primary", "none", "no list", "no objects"],
)
def test_a20_no_other_address_of_github_counts(
    addresses: Any, customer: Customer, at_github: IdentityProvider, github: GitHub, acme: Tenant
) -> None:
    github.person["email"], github.addresses = "carol@acme.example", addresses
    come_back(customer, at_github, github)

    assert "carol@acme.example" not in customer.text
    assert "tell us your email address" in customer.text


def test_a23_what_github_says_of_nobody_counts_for_nothing(
    at_github: IdentityProvider, github: GitHub, acme: Tenant
) -> None:
    people: list[Any] = [{"login": "eve"}, {"id": True}, {"id": "583231x"}, {"id": None}, []]
    for person in people:
        customer = Customer(acme)
        github.person = person
        come_back(customer, at_github, github)
        assert not customer.is_signed_in
        assert "Complete your account" not in customer.text


def test_a_github_of_ones_own_has_the_same_paths(customer: Customer, github: GitHub, acme: Tenant) -> None:
    github.host, github.api = "https://git.acme.example", "https://git.acme.example/api/v3"
    description = replace(usual("github"), client_id="Iv1.acme", issuer="https://git.acme.example/", trust="all")
    come_back(customer, set_up(acme, description, github.secret), github)

    assert "Complete your account" in customer.text


def test_a20_facebook_vouches_for_nobody(
    customer: Customer, at_facebook: IdentityProvider, facebook: Facebook, acme: Tenant
) -> None:
    """It tells an address and never says whether it is verified: whatever a tenant wishes, a code comes first."""
    with tenant_context(acme):
        change(at_facebook, trust="all")
        assert IdentityProvider.objects.get().trust == "none"
    facebook.person |= {"email": "carol@acme.example", "first_name": "Carol", "email_verified": True}
    come_back(customer, at_facebook, facebook)
    assert "/code/" in customer.path
    assert not customer.is_signed_in
    customer.submit({"code": new_code(acme, "carol@acme.example")})

    assert customer.is_signed_in
    assert linked_with(acme) == [("carol@acme.example", "10158")]
    assert facebook.asked["scope"] == "public_profile email"
    again = Customer(acme)
    come_back(again, at_facebook, facebook)
    again.visit("/sign-in/again/?next=/profile/")
    facebook.sign_in(press(again, at_facebook))
    assert facebook.asked["auth_type"] == "reauthenticate"


def test_a_newcomer_from_facebook_without_an_address_is_asked_for_one(
    customer: Customer, at_facebook: IdentityProvider, facebook: Facebook, acme: Tenant
) -> None:
    facebook.person |= {"first_name": "Nina", "last_name": "Novak"}
    come_back(customer, at_facebook, facebook)
    customer.submit({"email": "nina@new.example"})
    customer.submit({"code": new_code(acme, "nina@new.example")})
    assert 'value="Novak"' in customer.text
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert linked_with(acme) == [("nina@new.example", "10158")]


@pytest.mark.parametrize("kind", ["github", "facebook"])
def test_a_test_says_whether_they_know_us(kind: str, acme: Tenant, request: pytest.FixtureRequest) -> None:
    provider: IdentityProvider = request.getfixturevalue(f"at_{kind}")
    server = request.getfixturevalue(kind)
    with tenant_context(acme):
        works = try_provider(provider, redirect_uri="https://x.example/", actor=Actor.command())
        server.secret = "another"
        fails = try_provider(provider, redirect_uri="https://x.example/", actor=Actor.command())

    assert [each.state for each in works] == [ProviderFindingState.GOOD]
    assert [each.state for each in fails] == [ProviderFindingState.BAD]
    assert "client ID, secret or key" in fails[0].text


def test_nothing_is_kept_that_a_kind_does_not_have(acme: Tenant) -> None:
    """What nobody could see or change on its page has no effect."""
    with tenant_context(acme):
        wished = replace(
            usual("facebook"),
            client_id="1",
            issuer="https://evil.example",
            authentication="private_key_jwt",
            trust="all",
        )
        kept = create_provider(wished, secret="s", actor=COMMAND)
        assert (kept.issuer, kept.authentication, kept.trust) == ("https://www.facebook.com", "client_secret", "none")
        with pytest.raises(Refused, match="Choose from"):
            create_provider(replace(wished, kind="twitter"), secret="s", actor=COMMAND)


def test_a_password_is_no_way_round_a_link(
    customer: Customer, at_github: IdentityProvider, github: GitHub, acme: Tenant
) -> None:
    github.addresses = [{"email": "carol@acme.example", "primary": True, "verified": True}]
    come_back(customer, at_github, github)
    assert "You already have an account." in customer.text
    customer.submit({"password": PASSWORD})

    assert linked_with(acme) == [("carol@acme.example", "583231")]
