"""Google and Microsoft as their documents describe them, as far as a sign-in goes; called without a network."""

import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import jwt

from common.web.outgoing import Content, HttpAnswer
from tests.providers.elsewhere import KEY, OTHER_KEY, Elsewhere, answer_of, jwk

GOOGLE, MICROSOFT = "https://accounts.google.com", "https://login.microsoftonline.com"
GOOGLES_ID, MICROSOFTS_ID = "1234-acme.apps.googleusercontent.com", "6731de76-14a6-49ae-97bc-6eba6914391e"
SECRET = "GOCSPX-a~secret.of/acme"
WORK, OTHER_WORK = "8a1c6e4e-0000-4000-8000-00000000002a", "8a1c6e4e-0000-4000-8000-00000000002b"
PRIVATE = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all private accounts."""


@dataclass
class Preset(Elsewhere):
    """One whose endpoints lie at other addresses than its issuer. It takes codes with their verifier alone."""

    client_id: str = ""
    authorize: str = ""
    token: str = ""
    published: dict[str, Any] = field(default_factory=dict)

    def sign_in(self, url: str, **answer: str | None) -> str:
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == self.authorize
        self.asked = dict(parse_qsl(parts.query))
        assert (self.asked["client_id"], self.asked["scope"]) == (self.client_id, "openid profile email")
        sent = {"code": "a-code", "state": self.asked["state"], **answer}
        query = "&".join(f"{name}={value}" for name, value in sent.items() if value is not None)
        return f"{urlsplit(self.asked['redirect_uri']).path}?{query}"

    def call(
        self, url: str, *, content: Content | None = None, headers: Mapping[str, str] | None = None, **how: Any
    ) -> HttpAnswer:
        answers = {
            f"{self.issuer}/.well-known/openid-configuration": lambda: answer_of(self.published),
            self.published["jwks_uri"]: lambda: answer_of({"keys": self.keys}),
            self.token: lambda: self._redeemed(content),
            self.published["userinfo_endpoint"]: lambda: answer_of(
                {"sub": self.person["sub"], **self.told_by_userinfo}
            ),
        }
        return answers[url]()

    def claims(self, **changed: Any) -> dict[str, Any]:
        return super().claims(**{"aud": self.client_id, **changed})

    def _redeemed(self, content: Content | None) -> HttpAnswer:
        assert content
        form = dict(parse_qsl(content.body.decode()))
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert jwt.utils.base64url_encode(challenge).decode() == self.asked["code_challenge"]
        scheme, _, credentials = content.headers["Authorization"].partition(" ")
        told = [unquote_plus(each) for each in b64decode(credentials).decode().split(":")]
        if (scheme, told, form["code"]) != ("Basic", [self.client_id, SECRET], "a-code"):
            return answer_of({"error": "invalid_client"}, status=401)
        return answer_of(self._tokens())


def google() -> Preset:
    """Google, where Nina keeps her mail."""
    return Preset(
        issuer=GOOGLE,
        client_id=GOOGLES_ID,
        authorize=f"{GOOGLE}/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",
        person={
            "azp": GOOGLES_ID,
            "sub": "110169484474386276334",
            "email": "nina.novak@gmail.com",
            "email_verified": True,
            "given_name": "Nina",
            "family_name": "Novak",
        },
        published={
            "issuer": GOOGLE,
            "authorization_endpoint": f"{GOOGLE}/o/oauth2/v2/auth",
            "token_endpoint": "https://oauth2.googleapis.com/token",
            "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
            "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
            "response_types_supported": ["code", "token", "id_token", "code token", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["plain", "S256"],
        },
    )


@dataclass
class Microsoft(Preset):
    """Its tokens name the tenant that somebody is of, and its keys whose tokens they are for."""

    def claims(self, **changed: Any) -> dict[str, Any]:
        return super().claims(**{"iss": f"{MICROSOFT}/{self.person['tid']}/v2.0", "ver": "2.0", **changed})


def microsoft() -> Microsoft:
    """Microsoft at `common`, where Nina has an account at work. Its second key is for private accounts alone."""
    common = f"{MICROSOFT}/common"
    return Microsoft(
        issuer=f"{common}/v2.0",
        client_id=MICROSOFTS_ID,
        authorize=f"{common}/oauth2/v2.0/authorize",
        token=f"{common}/oauth2/v2.0/token",
        person={
            "tid": WORK,
            "oid": "00000000-0000-0000-66f3-3332eca7ea81",
            "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
            "preferred_username": "nina@work.example",
            "name": "Nina Novak",
            "email": "nina@work.example",
            "xms_edov": True,
        },
        told_by_userinfo={"given_name": "Nina", "family_name": "Novak"},
        keys=[
            {**jwk(KEY, "one"), "issuer": f"{MICROSOFT}/{{tenantid}}/v2.0"},
            {**jwk(OTHER_KEY, "private"), "issuer": f"{MICROSOFT}/{PRIVATE}/v2.0"},
        ],
        published={
            "issuer": f"{MICROSOFT}/{{tenantid}}/v2.0",
            "authorization_endpoint": f"{common}/oauth2/v2.0/authorize",
            "token_endpoint": f"{common}/oauth2/v2.0/token",
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "jwks_uri": f"{common}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "tenant_region_scope": None,
        },
    )
