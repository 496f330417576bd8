"""What a relying party does, with PyJWT as a second pair of eyes on every token."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import jwt

from applications.models import Application
from tests.browser import Browser

FORM = "application/x-www-form-urlencoded"
EVERYTHING = "openid profile email address offline_access"


class RelyingParty:
    """An application at its tenant, with one customer's browser. Without a secret it is a public client."""

    def __init__(self, browser: Browser, application: Application, secret: str | None = None) -> None:
        self.browser, self.application, self.secret = browser, application, secret
        self.client_id = application.client_id
        self.redirect_uri = (application.redirect_uri_list or [""])[0]
        self.verifier = secrets.token_urlsafe(48)

    def request(self, **parameters: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        usual = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": EVERYTHING,
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **parameters}.items() if value is not None}

    def authorize(self, **parameters: str | None) -> Any:
        return self.browser.get("/oidc/authorize", self.request(**parameters))

    def code(self, **parameters: str | None) -> str:
        """A code, for the customer signed in at the browser."""
        return answer_in(self.authorize(**parameters))["code"]

    def token(self, **parameters: str | None) -> Any:
        """Ask the token endpoint: with a secret by HTTP Basic, without one as a public client."""
        headers = {}
        if self.secret is None:
            parameters = {"client_id": self.client_id, **parameters}
        else:
            headers["Authorization"] = basic(self.client_id, self.secret)
        return self.post("/oidc/token", parameters, headers=headers)

    def exchange(self, code: str, /, **parameters: str | None) -> Any:
        usual = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return self.token(**{**usual, **parameters})

    def tokens(self, **parameters: str | None) -> dict[str, Any]:
        """The tokens for the customer signed in at the browser."""
        answer = self.exchange(self.code(**parameters))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def refresh(self, refresh_token: str, **parameters: str | None) -> Any:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **parameters)

    def userinfo(self, access_token: str) -> Any:
        return self.browser.get("/oidc/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def introspect(self, token: str) -> Any:
        return self.as_client("/oidc/introspect", token=token)

    def revoke(self, token: str) -> Any:
        return self.as_client("/oidc/revoke", token=token)

    def as_client(self, path: str, **parameters: str | None) -> Any:
        if self.secret is None:
            return self.post(path, {"client_id": self.client_id, **parameters})
        return self.post(path, parameters, headers={"Authorization": basic(self.client_id, self.secret)})

    def post(self, path: str, parameters: Mapping[str, str | None], headers: dict[str, str] | None = None) -> Any:
        sent = {name: value for name, value in parameters.items() if value is not None}
        return self.browser.post(path, urlencode(sent), FORM, headers=headers or {})

    def accepts(self, token: str, *, audience: str | None = None) -> dict[str, Any]:
        """The claims of a token, verified against the published keys by another library."""
        metadata = self.browser.get("/oidc/.well-known/openid-configuration").json()
        keys = jwt.PyJWKSet.from_dict(self.browser.get("/oidc/jwks").json())
        header = jwt.get_unverified_header(token)
        issuer = metadata["issuer"]
        return jwt.decode(
            token, keys[header["kid"]], algorithms=[header["alg"]], audience=audience or issuer, issuer=issuer
        )


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def basic(client_id: str, secret: str | None) -> str:
    """The Authorization header of a confidential client (RFC 6749 section 2.3.1)."""
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret or '')}".encode()).decode()


def answer_in(response: Any) -> dict[str, str]:
    """What the redirect tells the client."""
    assert response.status_code == 303, response.content
    return dict(parse_qsl(urlsplit(response["Location"]).query))


def is_unauthorized(answer: Any) -> bool:
    return (
        answer.status_code == 401
        and answer.json()["error"] == "invalid_client"
        and "Basic" in answer["WWW-Authenticate"]
    )


def refused(answer: Any, error: str = "invalid_grant") -> bool:
    return answer.status_code == 400 and answer.json()["error"] == error


INACTIVE = {"active": False}
