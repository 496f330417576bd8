"""Signing in with Google and Microsoft: who makes an account, who shows that one is theirs, and who isn't let in."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import jwt
import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from providers.description import usual
from providers.models import IdentityProvider, LinkedIdentity
from providers.policies import does_for_tenant
from providers.relying_party import fetched
from providers.services import create_provider
from tenants.models import Tenant
from tests.providers.conftest import COMMAND, go_there, offer
from tests.providers.elsewhere import OTHER_KEY
from tests.providers.people import linked_with
from tests.providers.presets import (
    MICROSOFT,
    OTHER_WORK,
    PRIVATE,
    SECRET,
    WORK,
    Microsoft,
    Preset,
    google,
    microsoft,
)
from tests.userflows.customer import PASSWORD, Customer, new_code
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db
REFUSED = "Signing in with {} didn't work. Try again."
SetUp = Callable[[Preset], IdentityProvider]


@pytest.fixture
def set_up(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Acme sets it up as the preset proposes, but believes the addresses that it vouches for."""

    def made(server: Preset) -> IdentityProvider:
        monkeypatch.setattr(fetched, "call", server.call)
        fetched.forget_documents()
        kind = "microsoft" if isinstance(server, Microsoft) else "google"
        with tenant_context(acme):
            wished = replace(usual(kind), client_id=server.client_id, trust="all")
            created = create_provider(wished, secret=SECRET, actor=COMMAND)
            offer(created, "password", method_of_provider(created.pk))
        return created

    return made


def comes(acme: Tenant, provider: IdentityProvider, server: Preset) -> Customer:
    """Somebody goes there and comes back."""
    customer = Customer(acme)
    customer.visit(server.sign_in(go_there(customer, provider)))
    return customer


@pytest.mark.parametrize("made", [google, microsoft])
def test_somebody_new_signs_up_and_comes_back_at_one_press(
    acme: Tenant, set_up: SetUp, made: Callable[[], Preset]
) -> None:
    server = made()
    provider, person = set_up(server), server.person
    nina = comes(acme, provider, server)
    assert "Complete your account" in nina.text
    assert 'value="Nina"' in nina.text
    assert 'value="Novak"' in nina.text
    nina.submit({"givenName": "Nina", "surname": "Novak"})

    assert nina.is_signed_in
    assert linked_with(acme) == [(person["email"], person["sub"])]
    with tenant_context(acme):
        assert LinkedIdentity.objects.get().issuer == server.claims()["iss"]
        assert Account.objects.with_email(person["email"]).get().email_verified
    assert comes(acme, provider, server).is_signed_in


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (google, {"email_verified": True, "hd": "acme.example"}),
        (google, {"email_verified": "true", "hd": "acme.example"}),
        (microsoft, {"xms_edov": True}),
        (microsoft, {"xms_edov": "1"}),
    ],
)
def test_a20_who_has_an_account_shows_once_that_it_is_theirs(
    acme: Tenant, carol: Account, set_up: SetUp, made: Callable[[], Preset], told: dict[str, Any]
) -> None:
    server = made()
    server.person |= {"email": carol.email, **told}
    provider = set_up(server)
    hers = comes(acme, provider, server)
    assert "You already have an account." in hers.text
    assert not hers.is_signed_in
    hers.submit({"password": PASSWORD})

    assert hers.is_signed_in
    assert linked_with(acme) == [(carol.email, server.person["sub"])]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        # A Google account with an address from elsewhere: somebody typed a code that came to it, once.
        (google, {"email_verified": True}),
        (google, {"email_verified": "true"}),
        (google, {"email_verified": None, "hd": "acme.example"}),
        (google, {"email_verified": False, "hd": "acme.example"}),
        # Whoever administers a tenant at Microsoft types any address in.
        (microsoft, {"xms_edov": None, "email_verified": True}),
        (microsoft, {"xms_edov": False}),
        (microsoft, {"xms_edov": "0", "verified_primary_email": ["carol@acme.example"]}),
    ],
)
def test_a20_an_address_that_neither_vouches_for_takes_no_account_over(
    acme: Tenant, carol: Account, set_up: SetUp, made: Callable[[], Preset], told: dict[str, Any]
) -> None:
    """Eve says that Carol's address is hers, and is asked for the code that only Carol reads; so is Carol."""
    server = made()
    server.person |= {"email": carol.email, **told}
    provider = set_up(server)
    eve = comes(acme, provider, server)
    assert "/code/" in eve.path
    eve.submit({"code": "000000"})
    assert not eve.is_signed_in
    assert linked_with(acme) == []

    owner = comes(acme, provider, server)
    owner.submit({"code": new_code(acme, carol.email)})
    assert owner.is_signed_in
    assert linked_with(acme) == [(carol.email, server.person["sub"])]


def test_a20_the_same_person_at_another_tenant_of_microsofts_is_somebody_else(
    acme: Tenant, carol: Account, set_up: SetUp
) -> None:
    """Whoever makes a tenant there chooses names and numbers, but not under whose name its tokens are issued."""
    server = microsoft()
    provider, linked = set_up(server), server.claims()["iss"]
    with tenant_context(acme):
        known = {"provider": provider, "issuer": linked, "subject": server.person["sub"]}
        LinkedIdentity.objects.create(**known, account_id=carol.pk)
    assert comes(acme, provider, server).is_signed_in

    server.person |= {"tid": OTHER_WORK, "email": carol.email, "xms_edov": None}
    eve = comes(acme, provider, server)
    assert not eve.is_signed_in
    assert "/code/" in eve.path


def by_private_key(claims: Any) -> str:
    return jwt.encode(dict(claims), OTHER_KEY, algorithm="RS256", headers={"kid": "private"})


@pytest.mark.parametrize(
    "lie",
    [
        # As if a tenant had issued it that its owner isn't of.
        {"iss": f"{MICROSOFT}/{OTHER_WORK}/v2.0"},
        {"tid": OTHER_WORK},
        {"tid": None},
        {"iss": f"{MICROSOFT}/common/v2.0", "tid": "common"},
        {"iss": f"{MICROSOFT}/{{tenantid}}/v2.0"},
        {"iss": f"https://sts.windows.net/{WORK}/"},
        {"aud": "another application"},
        {"sub": None},
    ],
    ids=str,
)
def test_a23_a_token_names_the_tenant_that_has_issued_it(acme: Tenant, set_up: SetUp, lie: dict[str, Any]) -> None:
    server = microsoft()
    provider = set_up(server)
    server.claims = partial(server.claims, **lie)  # type: ignore[method-assign]
    eve = comes(acme, provider, server)
    assert REFUSED.format("Microsoft") in eve.text.replace("&#x27;", "'")
    assert not eve.is_signed_in


def test_a23_the_key_of_private_accounts_signs_for_no_organisation(acme: Tenant, set_up: SetUp) -> None:
    server = microsoft()
    provider = set_up(server)
    server.makes_token = by_private_key
    eve = comes(acme, provider, server)
    assert REFUSED.format("Microsoft") in eve.text.replace("&#x27;", "'")

    server.person |= {"tid": PRIVATE, "email": "nina@outlook.example"}
    assert "Complete your account" in comes(acme, provider, server).text


@pytest.mark.parametrize(
    ("issuer", "does"),
    [
        (f"{MICROSOFT}/{{tenantid}}/v2.0", True),
        (f"{MICROSOFT}/{WORK}/v2.0", True),
        (f"{MICROSOFT}/{PRIVATE}/v2.0", False),
        ("", True),
    ],
)
def test_a_key_of_microsofts_says_for_whom_it_signs(issuer: str, does: bool) -> None:
    assert does_for_tenant(issuer, {"tid": WORK}) is does


def test_somebody_is_the_same_by_either_name_of_googles(acme: Tenant, carol: Account, set_up: SetUp) -> None:
    server = google()
    provider = set_up(server)
    with tenant_context(acme):
        known = {"provider": provider, "issuer": server.issuer, "subject": server.person["sub"]}
        LinkedIdentity.objects.create(**known, account_id=carol.pk)
    server.claims = partial(server.claims, iss="accounts.google.com")  # type: ignore[method-assign]
    assert comes(acme, provider, server).is_signed_in
    assert linked_with(acme) == [(carol.email, server.person["sub"])]


def test_a23_another_provider_has_no_issuer_without_a_scheme(acme: Tenant, set_up: SetUp) -> None:
    server = microsoft()
    provider = set_up(server)
    server.claims = partial(server.claims, iss="accounts.google.com")  # type: ignore[method-assign]
    eve = comes(acme, provider, server)
    assert REFUSED.format("Microsoft") in eve.text.replace("&#x27;", "'")
    assert not eve.is_signed_in


@pytest.mark.parametrize("lie", [{"iss": "accounts.google.com.evil.example"}, {"azp": "another"}, {"nonce": "x"}])
def test_a23_a_token_of_googles_is_for_us_and_for_this_request(
    acme: Tenant, set_up: SetUp, lie: dict[str, Any]
) -> None:
    server = google()
    provider = set_up(server)
    server.claims = partial(server.claims, **lie)  # type: ignore[method-assign]
    eve = comes(acme, provider, server)
    assert REFUSED.format("Google") in eve.text.replace("&#x27;", "'")
    assert not eve.is_signed_in
