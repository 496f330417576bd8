"""Tokens that somebody else made (RFC 8725): each is tried wherever a token is read."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django_tenants.utils import tenant_context

from oidc.issuer.identity import issuer_for
from oidc.keys.jws import NotOurToken, sign, verify
from oidc.keys.loaded import ES256, RS256, LoadedKey, new_key
from tenants.models import Tenant
from tests.oidc.relying_party import INACTIVE, RelyingParty, answer_in


def encode(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(header: dict[str, Any], claims: dict[str, Any], signature: Callable[[bytes], bytes]) -> str:
    signed = f"{encode(header)}.{encode(claims)}"
    return f"{signed}.{encode(signature(signed.encode()))}"


@pytest.fixture
def forgeries(shop: RelyingParty, rival: RelyingParty, acme: Tenant, globex: Tenant) -> dict[str, str]:
    """Access tokens that say what a good one says, each made in another wrong way."""
    tokens = shop.tokens()
    good, claims = tokens["access_token"], shop.accepts(tokens["access_token"])
    header = jwt.get_unverified_header(good)
    _, _, signature = good.rpartition(".")
    with tenant_context(acme):
        issuer = issuer_for(acme)
    ours = issuer.active[ES256]
    pem = ours.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mine = ec.generate_private_key(ec.SECP256R1())
    my_key = LoadedKey(ours.kid, ES256, {}, mine)
    my_rsa = LoadedKey(header["kid"], RS256, {}, rsa.generate_private_key(65537, 2048))
    with tenant_context(globex):
        theirs = issuer_for(globex).active[ES256]
    jwk = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}

    def hs256(key: bytes) -> Callable[[bytes], bytes]:
        return lambda signed: hmac.new(key, signed, hashlib.sha256).digest()

    def nothing(_: bytes) -> bytes:
        return b""

    return {
        "none": forged(header | {"alg": "none"}, claims, nothing),
        "NONE": forged(header | {"alg": "NONE"}, claims, nothing),
        "no alg": forged({name: header[name] for name in ("typ", "kid")}, claims, nothing),
        "no signature": f"{good.rpartition('.')[0]}.",
        "HS256 with the public key": forged(header | {"alg": "HS256"}, claims, hs256(pem)),
        "HS256 with nothing": forged(header | {"alg": "HS256"}, claims, hs256(b"")),
        "RS256 under the ID of an EC key": sign(claims, key=my_rsa, typ="at+jwt"),
        "ours, said to be PS256": forged(header | {"alg": "PS256"}, claims, ours.sign),
        "a foreign key under our ID": sign(claims, key=my_key, typ="at+jwt"),
        "another tenant's key": sign(claims, key=theirs, typ="at+jwt"),
        "another tenant's key under our ID": forged(header, claims, theirs.sign),
        "key in the header": forged(header | {"jwk": jwk, "kid": "x"}, claims, my_key.sign),
        "key at an address": forged(
            header | {"jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/"}, claims, my_key.sign
        ),
        "a path as ID": forged(header | {"kid": "../../etc/passwd"}, claims, my_key.sign),
        "a quote as ID": forged(header | {"kid": "x' OR '1'='1"}, claims, my_key.sign),
        "a number as ID": forged(header | {"kid": 1}, claims, ours.sign),
        "a list as ID": forged(header | {"kid": [ours.kid]}, claims, ours.sign),
        "critical": forged(header | {"crit": ["exp"]}, claims, ours.sign),
        "unencoded": forged(header | {"b64": False}, claims, ours.sign),
        "other type": sign(claims, key=ours, typ="jwt"),
        "another issuer": sign(claims | {"iss": "https://evil.example"}, key=ours, typ="at+jwt"),
        "expired": sign(claims | {"exp": int(time.time())}, key=ours, typ="at+jwt"),
        "changed claims": f"{encode(header)}.{encode(claims | {'scope': 'openid admin'})}.{signature}",
        "another spelling": good + "=",
        "whitespace": good.replace(".", " .", 1),
        "four parts": good + ".x",
        "DER signature": forged(header, claims, lambda signed: mine.sign(signed, ec.ECDSA(my_hash()))),
        "no object": f"{encode(header)}.{encode([1])}.{encode(ours.sign(b'x'))}",
        "deep": f"{encode(b'[' * 5000)}.{encode(claims)}.{signature}",
        "long": good + "x" * 20_000,
    }


def my_hash() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def test_o23_o24_a_forged_token_opens_nothing(shop: RelyingParty, forgeries: dict[str, str]) -> None:
    for name, token in forgeries.items():
        assert shop.userinfo(token).status_code == 401, name
        assert shop.introspect(token).json() == INACTIVE, name
        assert shop.revoke(token).status_code == 200, name
        assert answer_in(shop.authorize(id_token_hint=token))["error"] == "invalid_request", name


def test_t18_no_two_tenants_share_a_key(shop: RelyingParty, rival: RelyingParty) -> None:
    ours, theirs = (party.browser.get("/oidc/jwks").json()["keys"] for party in (shop, rival))
    assert not {key["kid"] for key in ours} & {key["kid"] for key in theirs}
    assert {key["alg"] for key in ours} == {RS256, ES256}
    public = {"kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"}
    assert all(key.keys() <= public for key in [*ours, *theirs])


def test_a_key_is_named_by_its_thumbprint() -> None:
    """RFC 7638 section 3.1."""
    from oidc.wire.encoding import thumbprint

    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1"
        "n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert thumbprint({"kty": "RSA", "n": n, "e": "AQAB"}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_private_keys_dont_open_in_another_tenants_row(acme: Tenant, globex: Tenant) -> None:
    from common.crypto.encryption import CannotUnseal
    from oidc.keys.loaded import load_key
    from oidc.models import SigningKey

    with tenant_context(acme):
        row = SigningKey.objects.get(algorithm=ES256, state="active")
    with pytest.raises(CannotUnseal):
        load_key(schema=globex.schema_name, kid=row.kid, algorithm=ES256, public_jwk={}, sealed=row.sealed_private_key)


def test_a_signature_is_checked_once_and_a_wrong_one_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    key, check = new_key(ES256), LoadedKey.verifies
    checked: list[LoadedKey] = []

    def counted(self: LoadedKey, *signature: bytes) -> bool:
        checked.append(self)
        return check(self, *signature)

    monkeypatch.setattr(LoadedKey, "verifies", counted)
    token = sign({"sub": "carol"}, key=key, typ="at+jwt")
    signed, _, signature = token.rpartition(".")
    other = sign({"sub": "carol"}, key=key, typ="at+jwt").rpartition(".")[2]
    for _ in range(2):
        assert verify(token, keys={key.kid: key}, typ="at+jwt") == {"sub": "carol"}
        with pytest.raises(NotOurToken):
            verify(
                f"{signed.rpartition('.')[0]}.{encode({'sub': 'eve'})}.{signature}", keys={key.kid: key}, typ="at+jwt"
            )
        with pytest.raises(NotOurToken):
            verify(token, keys={}, typ="at+jwt")
    assert len(checked) == 3
    assert verify(f"{signed}.{other}", keys={key.kid: key}, typ="at+jwt") == {"sub": "carol"}
    assert len(checked) == 4


def test_c11_a_token_is_hardly_longer_in_any_script() -> None:
    key, claims = new_key(ES256), {"street_address": "東京都千代田区" * 128}
    token = sign(claims, key=key, typ="at+jwt")
    assert len(token) < 4096
    assert verify(token, keys={key.kid: key}, typ="at+jwt") == claims
