"""Clients that prove themselves by a key of their own: private_key_jwt (RFC 7523, OpenID Connect Core section 9)."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.models import Application
from applications.policies.fapi import turned_on
from applications.services.application import change, change_application
from applications.services.credentials import create_client_secret
from common.problems import Refused
from oidc.models import UsedAssertion
from operations.housekeeping import forget_what_expired
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.crowd import crowd
from tests.oidc.key_holder import COMMAND, EC_KEY, GRANT, KEYS, OTHER_KEY, RSA_KEY, TYPE, KeyHolder, is_refused, jwk
from tests.oidc.relying_party import RelyingParty, basic


@pytest.mark.parametrize(
    ("key", "alg", "kid"), [(RSA_KEY, "RS256", "rsa"), (RSA_KEY, "PS256", "rsa"), (EC_KEY, "ES256", "ec")]
)
def test_a_signed_assertion_opens_the_token_endpoint(holder: KeyHolder, key: Any, alg: str, kid: str) -> None:
    answer = holder.asserted(holder.assertion(key=key, alg=alg, headers={"kid": kid}))
    assert answer.status_code == 200, answer.content
    assert holder.accepts(answer.json()["access_token"])["client_id"] == holder.client_id


def test_every_endpoint_for_clients_takes_it(holder: KeyHolder) -> None:
    token = holder.asserted(holder.assertion()).json()["access_token"]
    told = holder.asserted(holder.assertion(), "/oidc/introspect", token=token)
    assert told.json()["active"] is True
    assert holder.asserted(holder.assertion(), "/oidc/revoke", token=token).status_code == 200
    assert holder.asserted(holder.assertion(), "/oidc/introspect", token=token).json() == {"active": False}


def test_a_pushed_request_takes_it_too(shop: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        change_application(
            shop.application, auth_method="private_key_jwt", jwks=json.dumps(KEYS), jwks_uri="", actor=COMMAND
        )
    keyed = KeyHolder(shop.browser, shop.application)
    endpoint = f"{base_url(acme)}/oidc/par"
    pushed = keyed.asserted(keyed.assertion(aud=endpoint), "/oidc/par", **keyed.request())
    assert pushed.status_code == 201, pushed.content
    assert is_refused(keyed.asserted(keyed.assertion(key=OTHER_KEY), "/oidc/par", **keyed.request()))
    page = keyed.browser.get(
        "/oidc/authorize", {"client_id": keyed.client_id, "request_uri": pushed.json()["request_uri"]}
    )
    assert "code=" in page["Location"]
    assert "client_assertion" not in page["Location"]


def test_o49_discovery_lists_it_with_its_algorithms(holder: KeyHolder) -> None:
    metadata = holder.browser.get("/oidc/.well-known/openid-configuration").json()
    for endpoint in ("token", "introspection", "revocation"):
        assert "private_key_jwt" in metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        algorithms = metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert algorithms == ["RS256", "PS256", "ES256"]


@pytest.mark.parametrize("audience", ["issuer", "token endpoint", "list of one", "list of both"])
def test_the_audience_may_be_the_issuer_or_the_token_endpoint(holder: KeyHolder, audience: str) -> None:
    issuer = f"{base_url(holder.browser.tenant)}/oidc"
    spelled = {
        "issuer": issuer,
        "token endpoint": f"{issuer}/token",
        "list of one": [issuer],
        "list of both": [issuer, f"{issuer}/token"],
    }[audience]
    assert holder.asserted(holder.assertion(aud=spelled)).status_code == 200


NOW = int(time.time())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"iss": "somebody"},
        {"sub": None},
        {"sub": "somebody"},
        {"sub": ["a"]},
        {"aud": None},
        {"aud": ""},
        {"aud": []},
        {"aud": 1},
        {"aud": "https://elsewhere.example"},
        {"aud": "/oidc"},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": -(10**400)},
        {"exp": 0},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"jti": "\ud800"},
        {"nbf": "soon"},
        {"iat": []},
    ],
)
def test_o13_claims_that_dont_count(holder: KeyHolder, claims: dict[str, Any]) -> None:
    assert is_refused(holder.asserted(holder.assertion(**claims)))


@pytest.mark.parametrize(
    ("claims", "is_good"),
    [
        ({"exp": -20}, True),
        ({"exp": -40}, False),
        ({"exp": 3600}, True),
        ({"exp": 3700}, False),
        ({"nbf": 20}, True),
        ({"nbf": 40}, False),
        ({"iat": 20}, True),
        ({"iat": 70}, False),
        ({"nbf": -4000, "iat": -4000}, True),
    ],
)
def test_the_clocks_may_differ_by_half_a_minute(
    holder: KeyHolder, time_machine: TimeMachineFixture, claims: dict[str, int], is_good: bool
) -> None:
    time_machine.move_to(datetime.now(UTC), tick=False)
    moments: dict[str, Any] = {name: int(time.time()) + seconds for name, seconds in claims.items()}
    assert (holder.asserted(holder.assertion(**moments)).status_code == 200) is is_good


def test_an_audience_beside_ours_is_refused(holder: KeyHolder) -> None:
    issuer = f"{base_url(holder.browser.tenant)}/oidc"
    assert is_refused(holder.asserted(holder.assertion(aud=[issuer, "https://elsewhere.example"])))


@pytest.mark.parametrize(
    "forged",
    ["none", "NONE", "secret", "public key as secret", "other key", "PS for RS", "crit", "b64", "embedded jwk", "jku"],
)
def test_o23_confused_algorithms_and_keys(holder: KeyHolder, forged: str) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    good = holder.assertion()
    claims = jwt.decode(good, options={"verify_signature": False})
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    mine = jwk(OTHER_KEY)
    forgeries: dict[str, Callable[[], str]] = {
        "none": lambda: f"{part({'alg': 'none'})}.{part(claims)}.",
        "NONE": lambda: f"{part({'alg': 'NONE', 'kid': 'rsa'})}.{part(claims)}.",
        "secret": lambda: jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "rsa"}),
        "public key as secret": lambda: _hmac(part({"alg": "HS256", "kid": "rsa"}), part(claims), pem),
        "other key": lambda: holder.assertion(key=OTHER_KEY),
        "PS for RS": lambda: f"{part({'alg': 'PS256', 'kid': 'rsa'})}.{good.partition('.')[2]}",
        "crit": lambda: holder.assertion(headers={"kid": "rsa", "crit": ["exp"], "exp": 1}),
        "b64": lambda: holder.assertion(headers={"kid": "rsa", "b64": True, "crit": ["b64"]}),
        "embedded jwk": lambda: holder.assertion(key=OTHER_KEY, headers={"jwk": mine}),
        "jku": lambda: holder.assertion(key=OTHER_KEY, headers={"jku": "https://evil.example/jwks"}),
    }
    assert is_refused(holder.asserted(forgeries[forged]()))


def _hmac(header: str, claims: str, secret: bytes) -> str:
    import hmac

    signature = hmac.new(secret, f"{header}.{claims}".encode(), "sha256").digest()
    return f"{header}.{claims}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1 --", "ec", "", "x" * 5000, 7, None, ["rsa"]])
def test_o24_a_kid_leads_to_registered_keys_only(holder: KeyHolder, kid: Any) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    _, claims, signature = holder.assertion().split(".")
    assert is_refused(holder.asserted(f"{part({'alg': 'RS256', 'kid': kid})}.{claims}.{signature}"))


@pytest.mark.parametrize("assertion", ["", "x", "a.b", "a.b.c", "..", "e30.e30.e30", "W10.W10.", "x" * 20_000, "ü.ü.ü"])
def test_o43_what_isnt_an_assertion(holder: KeyHolder, assertion: str) -> None:
    assert is_refused(holder.asserted(assertion))


def test_o13_an_assertion_comes_alone(holder: KeyHolder, acme: Tenant, bookshop_secret: str) -> None:
    good = holder.assertion
    assert is_refused(holder.asserted(good(), client_secret="anything"))
    header = {"Authorization": basic(holder.client_id, "anything")}
    sent = {**GRANT, "client_assertion_type": TYPE, "client_assertion": good()}
    assert is_refused(holder.post("/oidc/token", sent, headers=header))
    assert is_refused(holder.asserted(good(), client_assertion_type="urn:other"))
    assert is_refused(holder.asserted(good(), client_assertion_type=None))
    assert is_refused(holder.post("/oidc/token", {**GRANT, "client_assertion_type": TYPE}))


def test_o13_the_client_id_beside_an_assertion_is_its_subject(holder: KeyHolder, bookshop: Application) -> None:
    assert is_refused(holder.asserted(holder.assertion(), client_id=bookshop.client_id))
    assert holder.asserted(holder.assertion(), client_id=holder.client_id).status_code == 200


def test_o13_each_client_uses_the_way_it_is_registered_for(holder: KeyHolder, shop: RelyingParty, acme: Tenant) -> None:
    assert is_refused(holder.asserted(holder.assertion(iss=shop.client_id, sub=shop.client_id)))
    with tenant_context(acme):
        change_application(holder.application, auth_method="client_secret_basic", jwks="", jwks_uri="", actor=COMMAND)
        holder.secret = new_secret(holder.application)
    assert holder.token(**GRANT).status_code == 200
    assert is_refused(holder.asserted(holder.assertion()))
    with tenant_context(acme):
        change_application(
            holder.application, auth_method="private_key_jwt", jwks=json.dumps(KEYS), jwks_uri="", actor=COMMAND
        )
    assert is_refused(holder.token(**GRANT))
    body = {**GRANT, "client_id": holder.client_id, "client_secret": holder.secret}
    assert is_refused(holder.post("/oidc/token", body))
    assert is_refused(holder.post("/oidc/token", {**GRANT, "client_id": holder.client_id}))


def test_t17_an_assertion_for_one_tenant_counts_for_nothing_at_another(holder: KeyHolder, globex: Tenant) -> None:
    assertion = holder.assertion()
    at_globex = KeyHolder(Browser(globex), holder.application)
    assert is_refused(at_globex.asserted(assertion))
    assert holder.asserted(assertion).status_code == 200


def test_o11_an_assertion_is_good_once(holder: KeyHolder) -> None:
    assertion = holder.assertion()
    assert holder.asserted(assertion).status_code == 200
    assert is_refused(holder.asserted(assertion))
    assert is_refused(holder.asserted(assertion, "/oidc/introspect", token="x"))


def test_an_assertion_refused_isnt_used_up(holder: KeyHolder) -> None:
    jti = "the same"
    assert is_refused(holder.asserted(holder.assertion(key=OTHER_KEY, jti=jti)))
    assert holder.asserted(holder.assertion(jti=jti)).status_code == 200


def test_used_assertions_are_forgotten_once_they_have_expired(
    holder: KeyHolder, acme: Tenant, time_machine: TimeMachineFixture
) -> None:
    assert holder.asserted(holder.assertion()).status_code == 200
    with tenant_context(acme):
        forget_what_expired()
        assert UsedAssertion.objects.count() == 1
        UsedAssertion.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        forget_what_expired()
        assert UsedAssertion.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_o11_of_many_at_once_one_gets_through(holder: KeyHolder, acme: Tenant) -> None:
    def ask(assertion: str) -> Any:
        return KeyHolder(Browser(acme), holder.application).asserted(assertion)

    with crowd(10) as all_do:
        for _ in range(10):
            assertion = holder.assertion()
            answers = all_do(partial(ask, assertion))
            assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9


def test_a_key_pair_leaves_no_room_for_a_new_secret(holder: KeyHolder, acme: Tenant) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    with tenant_context(acme), pytest.raises(Refused, match="without a secret"):
        create_client_secret(holder.application, description="", expires_at=later, actor=COMMAND)


def test_a_service_that_follows_fapi_signs_by_a_stronger_algorithm_for_the_issuer_alone(holder: KeyHolder) -> None:
    with tenant_context(holder.browser.tenant):
        change(holder.application, turned_on, actor=COMMAND)
    by_curve: dict[str, Any] = {"key": EC_KEY, "alg": "ES256", "headers": {"kid": "ec"}}
    issuer = f"{base_url(holder.browser.tenant)}/oidc"
    wrong: list[dict[str, Any]] = [{}, {"alg": "PS256", "aud": [issuer]}, by_curve | {"aud": f"{issuer}/token"}]
    for claims in wrong:
        assert is_refused(holder.asserted(holder.assertion(**claims)))
    # What is left to show is the key of its tokens.
    for assertion in (holder.assertion(alg="PS256"), holder.assertion(**by_curve)):
        assert holder.asserted(assertion).json()["error"] == "invalid_dpop_proof"
