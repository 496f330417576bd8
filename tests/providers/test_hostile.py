"""A provider that lies, one that is slow or broken, and people who send what was never meant for them."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jwt
import pytest
from django.test import override_settings
from django_tenants.utils import tenant_context

from audit.models import Event
from common.web.outgoing import HttpAnswer, OutgoingError, Places
from providers.models import IdentityProvider
from providers.relying_party import fetched
from providers.services import create_provider
from tenants.models import Tenant
from tests.providers.conftest import COMMAND, USUAL, come_back, go_there, press
from tests.providers.elsewhere import (
    CLIENT_ID,
    EC_KEY,
    ISSUER,
    KEY,
    OTHER_KEY,
    SECRET,
    Elsewhere,
    answer_of,
    jwk,
    signed_by_public_key,
    unsigned,
)
from tests.providers.people import CAROL, NINA, change, linked_with
from tests.userflows.customer import PASSWORD, Customer
from userflows.journeys.attempts import limits

pytestmark = pytest.mark.django_db
OUT = "available right now"
REFUSED = "work. Try again."
NOW = time.time


def signed(claims: Mapping[str, Any], *, key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode(dict(claims), key, algorithm=alg, headers={"kid": "one", **header})


FORGED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "unsigned": unsigned,
    "HS256 with the public key": signed_by_public_key,
    "another's key": lambda claims: signed(claims, key=OTHER_KEY),
    "an unknown key ID": lambda claims: signed(claims, kid="two"),
    "its own key in the header": lambda claims: signed(claims, key=OTHER_KEY, jwk=jwk(OTHER_KEY, "one")),
    "a critical extension": lambda claims: signed(claims, crit=["exp"]),
    "the algorithm of another kind of key": lambda claims: signed(claims, key=EC_KEY, alg="ES256"),
    "another issuer": lambda claims: signed({**claims, "iss": "https://evil.example"}),
    "another application": lambda claims: signed({**claims, "aud": "somebody-else"}),
    "two applications, and no azp": lambda claims: signed({**claims, "aud": [CLIENT_ID, "somebody-else"]}),
    "another azp": lambda claims: signed({**claims, "azp": "somebody-else"}),
    "another nonce": lambda claims: signed({**claims, "nonce": "another"}),
    "no nonce": lambda claims: signed({name: value for name, value in claims.items() if name != "nonce"}),
    "expired": lambda claims: signed({**claims, "exp": int(NOW()) - 61}),
    "no end": lambda claims: signed({name: value for name, value in claims.items() if name != "exp"}),
    "made long ago": lambda claims: signed({**claims, "iat": int(NOW()) - 601}),
    "made tomorrow": lambda claims: signed({**claims, "iat": int(NOW()) + 86400}),
    "not good yet": lambda claims: signed({**claims, "nbf": int(NOW()) + 3600}),
    "nobody": lambda claims: signed({name: value for name, value in claims.items() if name != "sub"}),
    "an endless subject": lambda claims: signed({**claims, "sub": "x" * 256}),
    "another access token's": lambda claims: signed({**claims, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "no claims": lambda _claims: jwt.PyJWS().encode(b"[]", KEY, algorithm="RS256", headers={"kid": "one"}),
    "huge": lambda claims: signed({**claims, "much": "x" * 20_000}),
    "no token": lambda _claims: "a.b",
}


def test_a23_forged_tokens_let_nobody_in(provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant) -> None:
    elsewhere.person = {"sub": "carol-at-elsewhere", **NINA}
    for what, forge in FORGED.items():
        fetched.forget_documents()
        customer = Customer(acme)
        elsewhere.makes_token = forge
        come_back(customer, provider, elsewhere)
        assert REFUSED in customer.text, what
        assert not customer.is_signed_in, what
        assert "Complete your account" not in customer.text, what
    with tenant_context(acme):
        noted = Event.objects.filter(action="customer.sign_in_failed", reason="provider_refused")
        assert noted.count() == len(FORGED)
        assert {event.details["provider"] for event in noted} == {"Elsewhere"}


def test_a_clock_may_be_a_minute_off_and_keys_may_change(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    come_back(Customer(acme), provider, elsewhere)
    # From one moment to the next it signs with another key, by a clock that is a little off.
    elsewhere.keys = [jwk(EC_KEY, "two")]
    elsewhere.makes_token = lambda claims: signed(
        {**claims, "iat": int(NOW()) + 30, "exp": int(NOW()) - 30}, key=EC_KEY, alg="ES256", kid="two"
    )
    customer = Customer(acme)
    come_back(customer, provider, elsewhere)

    assert "Complete your account" in customer.text


def test_a23_an_answer_counts_once_in_one_browser_for_one_provider(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, globex: Tenant
) -> None:
    elsewhere.person = CAROL
    customer, eve = Customer(acme), Customer(acme)
    with tenant_context(acme):
        other = create_provider(replace(USUAL, name="Other"), secret=SECRET, actor=COMMAND)
    back = elsewhere.sign_in(go_there(customer, provider))

    eve.visit("/sign-in/")
    eve.visit(back)
    assert (eve.page.status_code, eve.is_signed_in) == (404, False), "login CSRF: it is another browser's"
    of_globex = Customer(globex)
    of_globex.visit("/sign-in/")
    of_globex.visit(back.replace("/t/acme/", "/t/globex/"))
    assert of_globex.page.status_code == 404, "it is another tenant's"
    customer.visit(back.replace(f"/{provider.pk}/", f"/{other.pk}/"))
    assert [path for path, _, _ in elsewhere.calls if path == "token"] == [], "mix-up: it is another provider's"
    customer.visit(back.replace("state=", "state=x"))
    assert customer.page.status_code == 404

    customer.visit(back)
    assert "You already have an account." in customer.text
    customer.visit(back)
    assert [path for path, _, _ in elsewhere.calls].count("token") == 1, "replayed: it was used"
    customer.submit({"password": PASSWORD})
    customer.visit(back)
    assert customer.is_signed_in
    assert [path for path, _, _ in elsewhere.calls].count("token") == 1


@pytest.mark.parametrize("told", ["https://evil.example", "", None])
def test_o15_an_answer_says_from_whom_it_is(
    told: str | None, customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere, iss=told)

    assert REFUSED in customer.text
    assert [path for path, _, _ in elsewhere.calls if path == "token"] == []


def test_a_provider_that_does_not_name_itself_need_not(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.person, elsewhere.metadata = NINA, {"authorization_response_iss_parameter_supported": None}
    come_back(customer, provider, elsewhere, iss=None)

    assert "Complete your account" in customer.text


def test_who_turns_back_reads_so_and_has_every_way_on(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    come_back(customer, provider, elsewhere, code=None, error="access_denied")
    assert "You didn&#x27;t sign in with Elsewhere." in customer.text
    assert "Continue with" in customer.text

    customer.submit({"email": "carol@acme.example"})
    customer.submit({"password": PASSWORD})

    assert customer.is_signed_in
    assert linked_with(acme) == []
    with tenant_context(acme):
        assert Event.objects.get(reason="provider_cancelled").details["problem"] == "access_denied"


def unreachable() -> HttpAnswer:
    raise OutgoingError("id.elsewhere.example took too long to answer.")


BROKEN: dict[str, tuple[str, Callable[[], HttpAnswer], str]] = {
    "no discovery": ("openid-configuration", unreachable, "took too long"),
    "another's discovery": (
        "openid-configuration",
        lambda: answer_of({"issuer": "https://evil.example"}),
        "belongs to",
    ),
    "discovery that isn't JSON": ("openid-configuration", lambda: HttpAnswer(200, {}, b"<html>"), "isn’t JSON"),
    "discovery that nests": ("openid-configuration", lambda: HttpAnswer(200, {}, b"[" * 100_000), "isn’t JSON"),
    "discovery that moved": ("openid-configuration", lambda: HttpAnswer(302, {}, b""), "status 302"),
    "no keys": ("keys", lambda: answer_of({"keys": []}), "no key for"),
    "keys that aren't any": ("keys", lambda: answer_of({"keys": [{"kty": "oct", "k": "eA"}] * 3}), "no key for"),
    "too many keys": ("keys", lambda: answer_of({"keys": [{}] * 101}), "isn’t a key set"),
    "a token endpoint that fails": ("token", lambda: HttpAnswer(500, {}, b"<h1>oops"), "status 500"),
    "a secret that is wrong": ("token", lambda: answer_of({"error": "invalid_client"}, status=401), "secret or key"),
    "an answer without a token": ("token", lambda: answer_of({"access_token": "x"}), "no ID token"),
    "a UserInfo endpoint that fails": ("userinfo", lambda: answer_of({}, status=503), "status 503"),
}


def test_what_a_broken_provider_costs_is_its_own_button(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    for what, (path, answer, problem) in BROKEN.items():
        fetched.forget_documents()
        elsewhere.spoils, elsewhere.person = {path: answer}, {"sub": "nina"}
        customer = Customer(acme)
        there = _press(customer, provider)
        if there.startswith(ISSUER):
            customer.visit(elsewhere.sign_in(there))
        else:
            customer.visit(there)
        assert OUT in customer.text, what
        with tenant_context(acme):
            found = IdentityProvider.objects.get()
            assert problem in found.problem.in_english, what
            assert found.failing_since is not None, what
    elsewhere.spoils, elsewhere.person = {}, NINA
    fetched.forget_documents()
    come_back(Customer(acme), provider, elsewhere)
    with tenant_context(acme):
        assert (IdentityProvider.objects.get().error, IdentityProvider.objects.get().failing_since) == ("", None)


def _press(customer: Customer, provider: IdentityProvider) -> str:
    customer.visit("/sign-in/")
    return press(customer, provider)


def test_who_waits_for_a_slow_provider_uses_up_no_tries(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks again every two seconds: a few who wait would keep all behind their address from signing in."""
    elsewhere.person = NINA
    back = elsewhere.sign_in(go_there(customer, provider))
    with monkeypatch.context() as crowded:
        crowded.setattr(limits, "TRIES_EVERYWHERE", replace(limits.TRIES_EVERYWHERE, attempts=3))
        crowded.setattr("userflows.steps.provider.callback.for_customers", Places(0, share=0))
        assert {customer.browser.get(back).status_code for _ in range(5)} == {503}
    customer.visit(back)

    assert "Complete your account" in customer.text


def test_a23_userinfo_about_somebody_else_counts_for_nothing(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.person, elsewhere.told_by_userinfo = {"sub": "eve"}, {**CAROL, "sub": "carol-at-elsewhere"}
    come_back(customer, provider, elsewhere)

    assert REFUSED in customer.text


def test_a20_that_another_address_is_verified_says_nothing_of_the_one_that_was_signed(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    """Eve may write any address into her ID token there, and has verified one of her own."""
    elsewhere.person = {"sub": "eve", "email": "victim@new.example"}
    elsewhere.told_by_userinfo = {"email": "eve@evil.example", "email_verified": True}
    come_back(customer, provider, elsewhere)

    assert "Complete your account" not in customer.text
    assert "Enter the code" in customer.text


def test_a21_the_identity_of_one_never_ends_at_the_account_of_another(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Carol's identity is linked with hers; whoever confirms that they are somebody else isn't let in by it."""
    elsewhere.person = CAROL
    carol = Customer(acme)
    come_back(carol, provider, elsewhere)
    carol.submit({"password": PASSWORD})
    nina = Customer(acme)
    elsewhere.person = NINA
    come_back(nina, provider, elsewhere)
    nina.submit({"givenName": "Nina", "surname": ""})
    nina.visit("/sign-in/again/?next=/profile/")
    elsewhere.person = CAROL
    nina.visit(elsewhere.sign_in(press(nina, provider)))

    assert "belongs to another account here" in nina.text
    assert linked_with(acme) == [("carol@acme.example", "carol-at-elsewhere"), ("nina@new.example", "nina")]


def test_a21_who_came_is_forgotten_with_another_address(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Eve comes from the provider and leaves the page; Carol takes another address there, and signs in as herself."""
    elsewhere.person = {"sub": "eve", "email": "eve@evil.example", "email_verified": False}
    come_back(customer, provider, elsewhere)
    customer.submit({"email": "carol@acme.example"}, to="address")
    customer.submit({"password": PASSWORD})

    assert customer.is_signed_in
    assert linked_with(acme) == []


def test_p04_no_secret_is_kept_or_told_in_clear(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    _, form, headers = next(call for call in elsewhere.calls if call[0] == "token")
    # RFC 6749 section 2.3.1: each half is encoded before they are joined.
    assert headers["Authorization"] == "Basic YWNtZS1hdC1lbHNld2hlcmU6czNjcmV0LW9mJTJGYWNtZSUyQg=="
    assert "client_secret" not in form
    with tenant_context(acme):
        assert SECRET not in json.dumps(list(IdentityProvider.objects.values()), default=str)
        assert SECRET not in json.dumps(list(Event.objects.values()), default=str)


@override_settings(IS_LOCAL=False)
def test_an_issuer_inside_is_refused(acme: Tenant) -> None:
    with tenant_context(acme):
        for issuer in ("https://127.0.0.1/", "https://169.254.169.254/latest", "http://id.example", "https://[::1]/"):
            with pytest.raises(Exception, match=r"internal|https"):
                create_provider(replace(USUAL, issuer=issuer), secret=SECRET, actor=COMMAND)


# A provider's secret may be shorter than libraries like it.
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_secret_is_not_sent_to_a_provider_that_takes_none_sent(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.person = NINA
    elsewhere.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_jwt", "private_key_jwt"]}
    come_back(customer, provider, elsewhere)
    _, form, headers = next(call for call in elsewhere.calls if call[0] == "token")

    claims = jwt.decode(form["client_assertion"], SECRET, algorithms=["HS256"], audience=ISSUER)
    assert (claims["iss"], claims["sub"]) == (CLIENT_ID, CLIENT_ID)
    assert "client_secret" not in form
    assert "Authorization" not in headers


def test_a_key_pair_proves_us_instead_of_a_secret(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        change(provider, authentication="private_key_jwt")
        key = jwt.PyJWK(IdentityProvider.objects.get().public_jwk)
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    _, form, headers = next(call for call in elsewhere.calls if call[0] == "token")

    claims = jwt.decode(form["client_assertion"], key.key, algorithms=["ES256"], audience=ISSUER)
    assert (claims["iss"], claims["sub"]) == (CLIENT_ID, CLIENT_ID)
    assert "Authorization" not in headers
