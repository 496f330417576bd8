"""What is secret stands in no answer: not in a page, not in JSON, not in what a command prints. The pages of the portal
are looked through as their administrators walk them (`tests/portal/test_doors.py`).
"""

import io

import pytest
from django.core.management import call_command

from accounts.models import Account
from applications.models import Application
from tenants.models import Tenant
from tests.portal.doors import things_of
from tests.portal.kept_secrets import Secrets

PRINTING = (
    ("tenant", "list"),
    ("tenant", "show", "--tenant", "acme"),
    ("application", "list", "--tenant", "acme"),
    ("registration", "list", "--tenant", "acme"),
    ("signingkey", "list", "--tenant", "acme"),
    ("userflow", "list", "--tenant", "acme"),
)


@pytest.fixture
def secrets(acme: Tenant, bookshop: Application, carol: Account) -> Secrets:
    things_of(acme)
    return Secrets(acme, bookshop, carol)


def test_o30_what_is_secret_is_seen_wherever_it_stands(secrets: Secrets) -> None:
    assert secrets.seen_in(f"<p>{secrets.shop.secret}</p>") == {"a client secret"}
    assert {"Account.password", "SigningKey.sealed_private_key"} <= {*secrets.names.values()}


def test_o30_no_page_of_a_customer_and_no_document_or_answer_of_the_issuer_holds_what_is_secret(
    secrets: Secrets,
) -> None:
    for path in ("/oidc/.well-known/openid-configuration", "/oidc/jwks", "/profile/", "/oidc/applications/"):
        assert secrets.seen_on(secrets.shop.browser.get(path)) == set(), path
    userinfo = secrets.shop.userinfo(secrets.tokens["access_token"])
    introspection = secrets.shop.introspect(secrets.tokens["refresh_token"])

    assert secrets.seen_on(userinfo) == secrets.seen_on(introspection) == set()


def test_o30_no_command_prints_what_is_secret(secrets: Secrets) -> None:
    for words in PRINTING:
        printed = io.StringIO()
        call_command(*words, "--json", stdout=printed)
        assert printed.getvalue().strip()
        assert secrets.seen_in(printed.getvalue()) == set(), words
