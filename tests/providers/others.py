"""Apple, Facebook and GitHub as their documents describe them, as far as a sign-in goes; called without a network."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from common.web.outgoing import Content, HttpAnswer
from tests.providers.elsewhere import Elsewhere, answer_of

APPLE_KEY = ec.generate_private_key(ec.SECP256R1())
KEY_FILE = APPLE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
APPLE, TEAM_ID, KEY_ID, SERVICES_ID = "https://appleid.apple.com", "TEAM123456", "KEY1234567", "com.acme.signin"


@dataclass
class Apple(Elsewhere):
    """It posts its answer by a form, with a name the first time, and takes secrets signed by its key alone."""

    issuer: str = APPLE
    metadata: dict[str, Any] = field(
        default_factory=lambda: {
            "authorization_endpoint": f"{APPLE}/auth/authorize",
            "token_endpoint": f"{APPLE}/auth/token",
            "jwks_uri": f"{APPLE}/auth/keys",
            "userinfo_endpoint": None,
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "code_challenge_methods_supported": None,
            "authorization_response_iss_parameter_supported": None,
        }
    )
    secret_claims: dict[str, Any] = field(default_factory=dict)

    def posts(self, url: str, **answer: str) -> tuple[str, dict[str, str]]:
        """The address that the browser posts to, and what."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{APPLE}/auth/authorize"
        self.asked = dict(parse_qsl(parts.query))
        assert self.asked["response_mode"] == "form_post", "Apple refuses the scopes name and email otherwise"
        return urlsplit(self.asked["redirect_uri"]).path, {"code": "a-code", "state": self.asked["state"], **answer}

    def claims(self, **changed: Any) -> dict[str, Any]:
        return super().claims(**{"aud": SERVICES_ID, **changed})

    def _published(self) -> dict[str, Any]:
        return {name: value for name, value in super()._published().items() if value is not None}

    def call(self, url: str, *, content: Content | None = None, **how: Any) -> HttpAnswer:
        if url == f"{APPLE}/auth/token":
            form = dict(parse_qsl(content.body.decode())) if content else {}
            try:
                self.secret_claims = jwt.decode(
                    form["client_secret"], APPLE_KEY.public_key(), algorithms=["ES256"], audience=APPLE, issuer=TEAM_ID
                )
            except (jwt.PyJWTError, KeyError):
                return answer_of({"error": "invalid_client"}, status=400)
            header = jwt.get_unverified_header(form["client_secret"])
            if (form["client_id"], self.secret_claims["sub"], header["kid"]) != (SERVICES_ID, SERVICES_ID, KEY_ID):
                return answer_of({"error": "invalid_client"}, status=400)
            if form["code"] != "a-code":
                return answer_of({"error": "invalid_grant"}, status=400)
        return super().call(url, content=content, **how)


@dataclass
class GitHub:
    """It answers 200 whatever is wrong with a code, and tells addresses in a list."""

    host: str = "https://github.com"
    api: str = "https://api.github.com"
    person: dict[str, Any] = field(default_factory=lambda: {"id": 583231, "login": "octocarol", "name": "Carol"})
    addresses: list[dict[str, Any]] = field(default_factory=list)
    secret: str = "a-secret-of-github"
    asked: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def sign_in(self, url: str) -> str:
        assert url.startswith(f"{self.host}/login/oauth/authorize?")
        self.asked = dict(parse_qsl(urlsplit(url).query))
        return f"{urlsplit(self.asked['redirect_uri']).path}?code=a-code&state={self.asked['state']}"

    def call(
        self,
        url: str,
        *,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "application/json",
        **_how: Any,
    ) -> HttpAnswer:
        self.paths.append(url)
        if url == f"{self.host}/login/oauth/access_token":
            assert accept == "application/json", "it would answer with a form"
            return self._tokens(dict(parse_qsl(content.body.decode())) if content else {})
        if (headers or {}).get("Authorization") != "Bearer gho_token":
            return answer_of({"message": "Bad credentials"}, status=401)
        if url == f"{self.api}/user":
            return answer_of(self.person)
        assert url == f"{self.api}/user/emails?per_page=100"
        return answer_of(self.addresses)

    def _tokens(self, form: Mapping[str, str]) -> HttpAnswer:
        if (form.get("client_id"), form.get("client_secret")) != ("Iv1.acme", self.secret):
            return answer_of({"error": "incorrect_client_credentials", "error_uri": "https://docs.github.com"})
        if form.get("code") != "a-code":
            return answer_of({"error": "bad_verification_code", "error_uri": "https://docs.github.com"})
        assert _challenge_of(form["code_verifier"]) == self.asked["code_challenge"]
        return answer_of({"access_token": "gho_token", "scope": "read:user,user:email", "token_type": "bearer"})


@dataclass
class Facebook:
    """Its errors are objects with numbers, and the app asks for a proof that whoever sends a token holds the secret."""

    person: dict[str, Any] = field(default_factory=lambda: {"id": "10158", "name": "Carol"})
    secret: str = "0123456789abcdef"
    asked: dict[str, str] = field(default_factory=dict)

    def sign_in(self, url: str) -> str:
        parts = urlsplit(url)
        assert (parts.netloc, parts.path.split("/")[2:]) == ("www.facebook.com", ["dialog", "oauth"])
        self.asked = dict(parse_qsl(parts.query))
        return f"{urlsplit(self.asked['redirect_uri']).path}?code=a-code&state={self.asked['state']}"

    def call(
        self, url: str, *, content: Content | None = None, headers: Mapping[str, str] | None = None, **_how: Any
    ) -> HttpAnswer:
        parts = urlsplit(url)
        assert parts.netloc == "graph.facebook.com"
        if parts.path.endswith("/oauth/access_token"):
            form = dict(parse_qsl(content.body.decode())) if content else {}
            if form.get("client_secret") != self.secret:
                return _graph_error("Error validating client secret.", 1)
            if form.get("code") != "a-code":
                return _graph_error("Invalid verification code format.", 100)
            return answer_of({"access_token": "EAAB", "token_type": "bearer", "expires_in": 5183944})
        query = parse_qs(parts.query)
        proof = hmac.new(self.secret.encode(), b"EAAB", hashlib.sha256).hexdigest()
        if query.get("appsecret_proof") != [proof] or (headers or {}).get("Authorization") != "Bearer EAAB":
            return _graph_error("API calls from the server require an appsecret_proof argument", 100)
        wanted = query["fields"][0].split(",")
        return answer_of({name: value for name, value in self.person.items() if name in wanted})


def _graph_error(message: str, code: int) -> HttpAnswer:
    said = {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
    return answer_of(said, status=400)


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return jwt.utils.base64url_encode(digest).decode()


def first_time(first: str, last: str, email: str) -> str:
    """What Apple posts beside its first answer."""
    return json.dumps({"name": {"firstName": first, "lastName": last}, "email": email})
