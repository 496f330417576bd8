"""What a relying party does, with PyJWT as a second pair of eyes on every token."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import jwt
from django.http import HttpResponse

from applications.models import Application
from tests.browser import Browser


def token_endpoint(
    browser: Browser, client: Application, secret: str | None = None, **parameters: str
) -> HttpResponse:
    """Ask for tokens: with a secret by HTTP Basic, without one as a public client."""
    headers = {}
    if secret is None:
        parameters["client_id"] = client.client_id
    else:
        headers["Authorization"] = basic(client.client_id, secret)
    return browser.post("/oidc/token", form(parameters), FORM, headers=headers)


FORM = "application/x-www-form-urlencoded"


def form(parameters: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(parameters)


def basic(client_id: str, secret: str) -> str:
    joined = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(joined.encode()).decode()


def claims_of(browser: Browser, token: str, *, audience: str | None = None) -> dict[str, Any]:
    """The claims of a signed token, verified against the published keys by another library."""
    keys = jwt.PyJWKSet.from_dict(browser.get("/oidc/jwks").json())
    issuer = browser.get("/oidc/.well-known/openid-configuration").json()["issuer"]
    header = jwt.get_unverified_header(token)
    key = keys[header["kid"]]
    return jwt.decode(token, key, algorithms=[header["alg"]], audience=audience or issuer, issuer=issuer)
