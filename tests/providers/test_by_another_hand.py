"""OpenID providers as other people wrote one (oidc-provider), over the network: their customers sign in here."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from providers.description import ProviderDescription
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party import fetched
from providers.services import create_provider
from providers.trial import ProviderFindingState, try_provider
from tenants.lookup import urls_of
from tenants.models import Tenant
from tests.clients.nodejs import NODE_FOLDER, node
from tests.providers.conftest import COMMAND, go_there, offer
from tests.providers.people import change, linked_with
from tests.userflows.customer import Customer
from userflows.state import method_of_provider

pytestmark = [pytest.mark.client, pytest.mark.django_db]
PEOPLE: dict[str, dict[str, Any]] = {
    "nina": {
        "email": "nina@new.example",
        "email_verified": True,
        "given_name": "Nina",
        "family_name": "Novak",
        "works_in": "Prague",
    },
    "post": {"email": "otto@new.example", "email_verified": True, "given_name": "Otto"},
    "signed": {"email": "olaf@new.example", "email_verified": True, "given_name": "Olaf"},
    # Whoever says that Carol's address is theirs; and whose userinfo tells of somebody else.
    "eve": {"email": "carol@acme.example", "email_verified": False, "given_name": "Eve"},
    "mallory": {"email": "mallory@new.example", "email_verified": True, "told_by_userinfo": {"sub": "nina"}},
}
CLAIMS = {"givenName": "given_name", "surname": "family_name", "city": "works_in"}
ES256 = {"id_token_signed_response_alg": "ES256"}


@pytest.fixture(scope="module")
def issuers() -> Iterator[dict[str, str]]:
    """Where they answer, by what each is for."""
    command = [node(), "oidc_provider.mjs", json.dumps(PEOPLE)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, cwd=NODE_FOLDER, text=True, stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        assert process.stdout
        assert process.stdin
        yield json.loads(process.stdout.readline())
        process.stdin.close()


@pytest.fixture
def issuer(issuers: dict[str, str]) -> Iterator[str]:
    fetched.forget_documents()
    yield issuers["basic"]
    fetched.forget_documents()


def registered(acme: Tenant, issuer: str, provider_id: str, **metadata: Any) -> dict[str, str]:
    """Acme, as a client there (RFC 7591)."""
    uri = f"{urls_of(acme)[0]}/providers/{provider_id}/callback"
    wished = {"redirect_uris": [uri], "client_name": "Acme", **metadata}
    answer = httpx.post(f"{issuer}/reg", json=wished)
    assert answer.status_code == 201, answer.text
    said: dict[str, str] = answer.json()
    return said


def with_provider(acme: Tenant, issuer: str, provider_id: str, **metadata: Any) -> IdentityProvider:
    """What acme has set up about it: registered there with a secret, and offered beside the password."""
    said = registered(acme, issuer, provider_id, **metadata)
    described = ProviderDescription(
        name=f"Elsewhere {provider_id}", issuer=issuer, client_id=said["client_id"], trust="all", claims=CLAIMS
    )
    with tenant_context(acme):
        provider = create_provider(described, secret=said["client_secret"], provider_id=provider_id, actor=COMMAND)
        offer(provider, "password", method_of_provider(provider.pk))
    return provider


def arrive(customer: Customer, provider: IdentityProvider, person: str) -> dict[str, str]:
    """To the provider, where somebody is who they are, and back again. Returns what was asked of it."""
    there = go_there(customer, provider)
    with httpx.Client(headers={"X-Person": person} if person else {}) as browser:
        answer = browser.get(there)
        while "/callback" not in (at := urljoin(str(answer.url), answer.headers.get("location", ""))):
            assert answer.is_redirect, answer.text
            answer = browser.get(at)
    customer.visit(at.partition("/t/acme")[2])
    return dict(parse_qsl(urlsplit(there).query))


def test_its_customers_sign_up_and_in_however_acme_proves_who_it_is(
    acme: Tenant, issuer: str, issuers: dict[str, str]
) -> None:
    provider = with_provider(acme, issuer, "0123456789ab", **ES256)
    customer = Customer(acme)
    asked = arrive(customer, provider, "nina")
    assert (asked["code_challenge_method"], bool(asked["nonce"]), bool(asked["state"])) == ("S256", True, True)
    assert 'value="Novak"' in customer.text
    customer.submit({"givenName": "Nina", "surname": "Novak"})
    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina")]
    with tenant_context(acme):
        # One of its own claims, in an attribute that the page doesn't ask for.
        assert Account.objects.get(email="nina@new.example").attribute("city") == "Prague"

    # By a key pair: an assertion that it checks by the key it was registered with.
    with tenant_context(acme):
        change(provider, authentication="private_key_jwt")
        jwks = {"keys": [provider.public_jwk]}
    by_key = registered(acme, issuer, provider.pk, token_endpoint_auth_method="private_key_jwt", jwks=jwks, **ES256)
    with tenant_context(acme):
        change(provider, client_id=by_key["client_id"])
        found = try_provider(provider, redirect_uri="https://acme.example/", actor=COMMAND)
        assert [finding.title for finding in found if finding.state is ProviderFindingState.BAD] == [], found
    again = Customer(acme)
    arrive(again, provider, "nina")
    assert again.is_signed_in

    # By a secret in the form, or by what is signed with it, where it says that it takes no other.
    for name, method, provider_id in (
        ("post", "client_secret_post", "ba9876543210"),
        ("signed", "client_secret_jwt", "ba9876543211"),
    ):
        other = with_provider(acme, issuers[name], provider_id, token_endpoint_auth_method=method)
        newcomer = Customer(acme)
        arrive(newcomer, other, name)
        newcomer.submit({"givenName": "Otto", "surname": "Orel"})
        assert newcomer.is_signed_in, name
    assert [subject for _, subject in linked_with(acme)] == ["nina", "post", "signed"]


def test_what_it_says_falsely_lets_nobody_in(
    acme: Tenant, issuer: str, issuers: dict[str, str], carol: Account
) -> None:
    provider = with_provider(acme, issuer, "0123456789ab", **ES256)
    # Whoever comes with Carol's address, which nobody has verified there, shows to read her mail.
    eve = Customer(acme)
    arrive(eve, provider, "eve")
    assert "Enter the code" in eve.text
    assert carol.email in eve.text
    assert not eve.is_signed_in
    # Userinfo about somebody else; whoever says no; and a server that says it is another.
    for person in ("mallory", ""):
        customer = Customer(acme)
        arrive(customer, provider, person)
        assert not customer.is_signed_in
    other = with_provider(acme, issuers["another"], "ba9876543210")
    with tenant_context(acme):
        found = try_provider(other, redirect_uri="https://acme.example/", actor=COMMAND)
        assert ProviderFindingState.BAD in {finding.state for finding in found}
        assert not LinkedIdentity.objects.exists()
