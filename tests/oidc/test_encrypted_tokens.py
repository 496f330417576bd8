"""Tokens that are encrypted to the application (OpenID Connect Core section 10.2), opened by jwcrypto."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from jwcrypto.jwe import JWE  # type: ignore[import-untyped]
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from accounts.models import Account
from applications.services.application import change_application
from common.problems import Refused
from common.web.outgoing import HttpAnswer
from oidc.clients import keys as keys_of_clients
from oidc.clients.keys import forget_fetched_keys
from oidc.models import SignOutNotification
from tests.browser import Browser
from tests.oidc.key_holder import COMMAND
from tests.oidc.listener import Listener
from tests.oidc.registering import Register
from tests.oidc.relying_party import RelyingParty, answer_in, refused
from tests.worker import run_jobs

RSA = JWK.generate(kty="RSA", size=2048, kid="rsa", use="enc")
EC = JWK.generate(kty="EC", crv="P-256", kid="ec", use="enc")
SIGNING = JWK.generate(kty="EC", crv="P-256", kid="signing", use="sig")
KEYS = {"keys": [key.export_public(as_dict=True) for key in (RSA, EC, SIGNING)]}


def choose(shop: RelyingParty, **values: Any) -> None:
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, actor=COMMAND, **{"jwks": json.dumps(KEYS), **values})


def opened(token: str, key: JWK) -> tuple[dict[str, Any], str]:
    """The header of what was encrypted to the key, and what is in it."""
    jwe = JWE()
    jwe.deserialize(token, key)
    return json.loads(jwe.objects["protected"]), jwe.payload.decode()


@pytest.fixture
def private(shop: RelyingParty) -> RelyingParty:
    """Bookshop, to which its ID tokens are encrypted."""
    choose(shop, id_token_encryption="ECDH-ES")
    return shop


@pytest.mark.parametrize(
    ("algorithm", "content", "key"),
    [
        ("RSA-OAEP-256", "A128GCM", RSA),
        ("ECDH-ES", "A256GCM", EC),
        ("ECDH-ES+A256KW", "A128CBC-HS256", EC),
    ],
    ids=["RSA", "ECDH", "ECDH with a wrapped key"],
)
def test_only_the_application_reads_its_id_token(
    shop: RelyingParty, carol: Account, algorithm: str, content: str, key: JWK
) -> None:
    choose(shop, id_token_encryption=algorithm, id_token_content=content)
    tokens = shop.tokens()
    assert str(carol.pk) not in tokens["id_token"]
    header, signed = opened(tokens["id_token"], key)
    assert (header["alg"], header["enc"], header["cty"], header["kid"]) == (algorithm, content, "JWT", key["kid"])
    assert shop.accepts(signed, audience=shop.client_id)["sub"] == str(carol.pk)
    again = shop.refresh(tokens["refresh_token"]).json()
    assert shop.accepts(opened(again["id_token"], key)[1], audience=shop.client_id)["sub"] == str(carol.pk)
    assert shop.userinfo(again["access_token"]).json()["sub"] == str(carol.pk), "Userinfo is another choice."


@pytest.mark.parametrize("is_signed", [True, False])
def test_only_the_application_reads_what_userinfo_tells(shop: RelyingParty, carol: Account, is_signed: bool) -> None:
    choose(shop, userinfo_encryption="RSA-OAEP-256", userinfo_algorithm="ES256" if is_signed else "none")
    answer = shop.userinfo(shop.tokens()["access_token"])
    assert answer["Content-Type"] == "application/jwt"
    header, told = opened(answer.content.decode(), RSA)
    assert ("cty" in header) == is_signed
    claims = shop.accepts(told, audience=shop.client_id) if is_signed else json.loads(told)
    assert claims["email"] == carol.email


def test_a_hint_is_what_the_application_has_decrypted(private: RelyingParty) -> None:
    encrypted = private.tokens()["id_token"]
    answer = answer_in(private.authorize(prompt="none", id_token_hint=encrypted))
    assert answer["error"] == "invalid_request"
    assert "Decrypt it" in answer["error_description"]
    hint = opened(encrypted, EC)[1]
    assert "code" in answer_in(private.authorize(prompt="none", id_token_hint=hint))
    assert private.browser.get("/oidc/logout", {"id_token_hint": encrypted}).status_code == 200, "She is asked."
    assert private.browser.get("/oidc/logout", {"id_token_hint": hint}).status_code == 303


def test_its_logout_tokens_are_encrypted_too(private: RelyingParty, listener: Listener, carol: Account) -> None:
    private.tokens()
    private.browser.post("/sign-out/")
    run_jobs()
    (heard,) = listener.heard
    header, signed = opened(heard["logout_token"][0], EC)
    assert header["cty"] == "JWT"
    assert private.accepts(signed, audience=private.client_id)["sub"] == str(carol.pk)
    with tenant_context(private.browser.tenant):
        assert SignOutNotification.objects.get().state == "delivered"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("", "requires its public keys"),
        (json.dumps({"keys": [SIGNING.export_public(as_dict=True)]}), "None of the public keys"),
        (json.dumps({"keys": [RSA.export_public(as_dict=True)]}), "None of the public keys"),
        (json.dumps({"keys": [EC.export_private(as_dict=True)]}), "private key"),
    ],
    ids=["none", "for signatures", "of another type", "private"],
)
def test_without_a_key_for_it_nobody_can_choose_it(shop: RelyingParty, keys: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        choose(shop, jwks=keys, id_token_encryption="ECDH-ES")
    assert any(words in problem.sentence for problem in refusal.value.problems)


def test_a_key_is_exchanged_at_the_applications_own_address(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = [EC]

    def answer(*_: object, **__: object) -> HttpAnswer:
        keys = {"keys": [key.export_public(as_dict=True) for key in published]}
        return HttpAnswer(200, {}, json.dumps(keys).encode())

    monkeypatch.setattr(keys_of_clients, "call", answer)
    forget_fetched_keys()
    choose(shop, jwks="", jwks_uri="https://bookshop.example/jwks", id_token_encryption="ECDH-ES")
    assert opened(shop.tokens()["id_token"], EC)[0]["kid"] == "ec"
    newer = JWK.generate(kty="EC", crv="P-256", kid="newer", use="enc")
    published.append(newer)
    forget_fetched_keys()
    assert opened(shop.tokens()["id_token"], newer)[0]["kid"] == "newer"
    published[:] = [RSA]
    forget_fetched_keys()
    code = shop.code()
    assert refused(shop.exchange(code), "invalid_request"), "Better no token than one that others read."
    published[:] = [EC]
    forget_fetched_keys()
    assert shop.exchange(code).status_code == 200, "The code wasn't used up."


def test_an_application_registers_itself_for_encrypted_tokens(register: Register, acme_browser: Browser) -> None:
    web = {"redirect_uris": ["https://new.example/callback"], "jwks": KEYS}
    said = register({**web, "id_token_encrypted_response_alg": "RSA-OAEP-256"}).json()
    assert (said["id_token_encrypted_response_alg"], said["id_token_encrypted_response_enc"]) == (
        "RSA-OAEP-256",
        "A128CBC-HS256",
    )
    assert "client_secret" in said
    for wrong in (
        {"id_token_encrypted_response_alg": "RSA1_5"},
        {"id_token_encrypted_response_enc": "A256GCM"},
        {"userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "none"},
        {"userinfo_encrypted_response_alg": "ECDH-ES", "jwks": {"keys": [RSA.export_public(as_dict=True)]}},
    ):
        answer = register({**web, **wrong})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    metadata = acme_browser.get("/oidc/.well-known/openid-configuration").json()
    assert metadata["id_token_encryption_alg_values_supported"] == ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"]
    assert "A256GCM" in metadata["userinfo_encryption_enc_values_supported"]
