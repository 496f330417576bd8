"""What is secret stands in no answer: not in a page, not in JSON, not in what a command prints."""

import io
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
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
from tests.portal.doors import DOORS, things_of
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
PRINTING = (
    ("tenant", "list"),
    ("tenant", "show", "--tenant", "acme"),
    ("application", "list", "--tenant", "acme"),
    ("registration", "list", "--tenant", "acme"),
    ("signingkey", "list", "--tenant", "acme"),
    ("userflow", "list", "--tenant", "acme"),
)


@pytest.fixture
def shop(acme: Tenant, bookshop: Application, carol: Account) -> RelyingParty:
    """The bookshop, at whose door Carol is signed in."""
    browser = Browser(acme)
    browser.sign_in(carol)
    with tenant_context(acme):
        return RelyingParty(browser, bookshop, new_secret(bookshop))


def kept_values() -> Iterator[tuple[str, str]]:
    for model, columns in KEPT:
        rows = list(model._default_manager.values_list(*columns))
        assert rows, f"there is no {model.__name__} to look for"
        yield from ((f"{model.__name__}.{columns[0]}", row[0]) for row in rows if len(row[0]) > 10)


def canaries(tenant: Tenant) -> dict[str, str]:
    """Everything that must not be seen, by its value."""
    found = {settings.SECRET_KEY: "SECRET_KEY"}
    with tenant_context(tenant):
        found |= {value: name for name, value in kept_values()}
    with schema_context(PUBLIC):
        for model in (Tenant,):
            secret = [field.name for field in model._meta.get_fields() if _is_secret(field)]
            for row in model._default_manager.values(*secret) if secret else ():
                found |= {str(value): f"{model.__name__}.{name}" for name, value in row.items() if value}
    return found


def _is_secret(field: object) -> bool:
    return isinstance(field, models.Field) and any(word in field.name for word in ("password", "secret", "sealed"))


@pytest.mark.long
def test_o30_no_answer_holds_what_is_secret(
    shop: RelyingParty, acme: Tenant, ada_portal: Browser, olga_portal: Browser
) -> None:
    things = things_of(acme)
    shop.authorize(prompt="login")
    tokens = shop.tokens(scope="openid profile email offline_access")
    secret = canaries(acme)
    assert shop.secret
    secret |= {shop.secret: "a client secret", tokens["refresh_token"]: "a refresh token"}

    def look_through(where: str, text: str) -> None:
        seen = [name for value, name in secret.items() if value in text]
        assert not seen, f"{where} shows {seen}"

    for door in DOORS:
        # An owner sees all there is in a tenant; what is the installation's an operator alone.
        answer = (ada_portal if door.is_about_a_tenant else olga_portal).get(things.url(door))
        if not answer.streaming:
            look_through(str(door), answer.content.decode(errors="replace"))
    for path in ("/oidc/.well-known/openid-configuration", "/oidc/jwks", "/profile/", "/oidc/applications/"):
        look_through(path, shop.browser.get(path).content.decode())
    for answer in (shop.userinfo(tokens["access_token"]), shop.introspect(tokens["refresh_token"])):
        look_through("a protocol's answer", answer.content.decode())
    for words in PRINTING:
        printed = io.StringIO()
        call_command(*words, "--json", stdout=printed)
        assert printed.getvalue().strip()
        look_through(" ".join(words), printed.getvalue())
