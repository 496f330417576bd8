"""The signing keys of a tenant, seen from inside and from a client that caches them."""

from datetime import timedelta
from typing import Any

import jwt
from django_tenants.utils import tenant_context

from audit.services import Actor
from common.database.caches import forget_everything
from oidc.keys.services import keep_signing_keys, rotate_signing_keys
from oidc.models import SigningKey
from tenants.models import Tenant
from tests.browser import Browser

MAX_AGE = 300


def kids(tenant: Tenant, state: str) -> dict[str, str]:
    with tenant_context(tenant):
        return {key.algorithm: key.kid for key in SigningKey.objects.filter(state=state)}


def published(browser: Browser) -> set[str]:
    return {key["kid"] for key in browser.get("/oidc/jwks").json()["keys"]}


def signed_with(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


def keep(tenant: Tenant) -> None:
    with tenant_context(tenant):
        keep_signing_keys(actor=Actor.system())


def rotate(tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return rotate_signing_keys(actor=Actor.command())


def age(tenant: Tenant, by: timedelta) -> None:
    """Let so much time have gone by for the keys."""
    with tenant_context(tenant):
        for key in SigningKey.objects.all():
            SigningKey.objects.filter(pk=key.pk).update(since=key.since - by)
    forget_everything()


class CachingClient(jwt.PyJWKClient):
    """PyJWT's client, which keeps the key set for its max-age and fetches it again for a key ID it doesn't know."""

    def __init__(self, browser: Browser) -> None:
        super().__init__("https://unused.example/jwks", lifespan=MAX_AGE)
        self.browser, self.fetches = browser, 0

    def fetch_data(self) -> Any:
        self.fetches += 1
        answer = self.browser.get("/oidc/jwks")
        assert answer["Cache-Control"] == f"public, max-age={MAX_AGE}"
        self.jwk_set_cache.put(answer.json())  # type: ignore[union-attr]
        return answer.json()

    def accepts(self, token: str, *, audience: str, issuer: str) -> bool:
        key = self.get_signing_key_from_jwt(token)
        return bool(jwt.decode(token, key, algorithms=[key.algorithm_name], audience=audience, issuer=issuer))
