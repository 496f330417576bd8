"""An OpenID provider of the tests' own, which says whatever a story has it say; it is called without a network."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common.web.outgoing import Content, HttpAnswer, OutgoingError

ISSUER = "https://id.elsewhere.example"
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
CLIENT_ID, SECRET = "acme-at-elsewhere", "s3cret-of/acme+"


def jwk(key: Any, kid: str) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "key_ops": ["verify"]}


@dataclass
class Elsewhere:
    """`person` are the claims of whoever signs in there. `calls` are the requests that came, newest last.

    `makes_token` signs the ID token; `spoils` changes an answer, by the last part of its path; `answers` say how those
    end who come to the site as browsers do, the first first, if not as usual.
    """

    issuer: str = ISSUER
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "carol-at-elsewhere"})
    told_by_userinfo: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk(KEY, "one")])
    makes_token: Callable[[Mapping[str, Any]], str] = lambda claims: jwt.encode(
        dict(claims), KEY, algorithm="RS256", headers={"kid": "one"}
    )
    spoils: dict[str, Callable[[], HttpAnswer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    answers: list[dict[str, str | None]] = field(default_factory=list)

    def sign_in(self, url: str, **answer: str | None) -> str:
        """Arrive with this request, as a browser does, and prove oneself. Returns where the browser is sent back to.

        `answer` changes parameters of that; None leaves one out.
        """
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/authorize"
        self.asked = dict(parse_qsl(parts.query))
        sent = {"code": "a-code", "state": self.asked["state"], "iss": self.issuer, **answer}
        back = urlsplit(self.asked["redirect_uri"])
        query = "&".join(f"{name}={value}" for name, value in sent.items() if value is not None)
        return f"{back.path}?{query}"

    def call(
        self, url: str, *, content: Content | None = None, headers: Mapping[str, str] | None = None, **_how: Any
    ) -> HttpAnswer:
        """Answer a server's request."""
        path = urlsplit(url).path.rpartition("/")[2]
        form = {name: values[0] for name, values in parse_qs(content.body.decode()).items()} if content else {}
        self.calls.append((path, form, dict(content.headers if content else headers or {})))
        if not url.startswith(self.issuer):
            raise OutgoingError(f"{urlsplit(url).hostname} couldn't be reached.")
        if path in self.spoils:
            return self.spoils[path]()
        return answer_of(
            {"openid-configuration": self._published, "keys": lambda: {"keys": self.keys}}.get(
                path,
                {"token": self._tokens, "userinfo": lambda: {"sub": self.person["sub"], **self.told_by_userinfo}}.get(
                    path, dict
                ),
            )()
        )

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What an ID token says; None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked.get("nonce", ""),
            **self.person,
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def _published(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def _tokens(self) -> dict[str, Any]:
        token = self.makes_token(self.claims())
        return {"access_token": "an-access-token", "token_type": "Bearer", "id_token": token}


def answer_of(said: Any, *, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, json.dumps(said).encode())


def unsigned(claims: Mapping[str, Any]) -> str:
    """A token whose header says that nothing signs it."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(dict(claims))}."


def signed_by_public_key(claims: Mapping[str, Any]) -> str:
    """HS256, with the public key as the secret, which everybody knows."""
    secret = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(dict(claims))}"
    return f"{said}.{_base64url(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"


def _part(said: Any) -> str:
    return _base64url(json.dumps(said).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
