"""What is kept of secrets in a tenant, and where of it something is seen."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, Session
from applications.models import Application, ClientSecret
from oidc.models import Grant, InitialAccessToken, RefreshToken, SigningKey
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import new_secret
from tests.oidc.relying_party import RelyingParty
from userflows.models import Journey

# Each as (model, columns): what is kept of a secret, which is worth an attack on it.
KEPT = (
    (Account, ("password",)),
    (ClientSecret, ("digest",)),
    (Grant, ("code",)),
    (InitialAccessToken, ("digest",)),
    (Journey, ("browser_digest",)),
    (RefreshToken, ("token_checksum",)),
    (Session, ("key_digest",)),
    (SigningKey, ("sealed_private_key",)),
)


class Secrets:
    """Everything of a tenant that must not be seen: Carol is signed in at its application, which has tokens for her."""

    def __init__(self, tenant: Tenant, application: Application, customer: Account) -> None:
        browser = Browser(tenant)
        browser.sign_in(customer)
        with tenant_context(tenant):
            self.shop = RelyingParty(browser, application, new_secret(application))
        self.shop.authorize(prompt="login")
        self.tokens = self.shop.tokens(scope="openid profile email offline_access")
        assert self.shop.secret
        self.names = _canaries(tenant) | {
            self.shop.secret: "a client secret",
            self.tokens["refresh_token"]: "a refresh token",
        }

    def seen_in(self, text: str) -> set[str]:
        """What a text shows of them, by name."""
        return {name for value, name in self.names.items() if value in text}

    def seen_on(self, answer: Any) -> set[str]:
        """What an answer shows of them; a stream, which comes from elsewhere, isn't read."""
        return set() if answer.streaming else self.seen_in(answer.content.decode(errors="replace"))


def _kept_values() -> Iterator[tuple[str, str]]:
    for model, columns in KEPT:
        rows = list(model._default_manager.values_list(*columns))
        assert rows, f"there is no {model.__name__} to look for"
        yield from ((f"{model.__name__}.{columns[0]}", row[0]) for row in rows if len(row[0]) > 10)


def _canaries(tenant: Tenant) -> dict[str, str]:
    """Everything that must not be seen, by its value."""
    found = {settings.SECRET_KEY: "SECRET_KEY"}
    with tenant_context(tenant):
        found |= {value: name for name, value in _kept_values()}
    with schema_context(PUBLIC):
        for model in (Tenant,):
            secret = [field.name for field in model._meta.get_fields() if _is_secret(field)]
            for row in model._default_manager.values(*secret) if secret else ():
                found |= {str(value): f"{model.__name__}.{name}" for name, value in row.items() if value}
    return found


def _is_secret(field: object) -> bool:
    return isinstance(field, models.Field) and any(word in field.name for word in ("password", "secret", "sealed"))
