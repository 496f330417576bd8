"""APIs, roles, claims, groups and token settings from a shell."""

import pytest
from django.core.management import CommandError

from applications.models import Application
from tests.commands.conftest import Run

ORDERS = "https://orders.acme.example"


def about(application: Application) -> list[str]:
    return ["--tenant", "acme", "--client-id", application.client_id]


@pytest.fixture
def exposed(run: Run, reports: Application) -> Application:
    run("api", "expose", *about(reports), "--identifier-uri", ORDERS)
    run("api", "add-scope", *about(reports), "--name", "orders.read", "--display-name", "Read orders")
    return reports


def test_an_api_is_exposed_permitted_and_consented_to(run: Run, bookshop: Application, exposed: Application) -> None:
    assert run("api", "show", *about(exposed))["scopes"] == [f"{ORDERS}/orders.read"]
    permitted = run("api", "permit", *about(bookshop), "--scope", f"{ORDERS}/orders.read")
    assert permitted["permitted_scopes"] == {f"{ORDERS}/orders.read": False}
    assert run("api", "ask-customers", *about(bookshop))["asks_for_consent"] is True
    granted = run("api", "grant", *about(bookshop))
    assert granted["permitted_scopes"] == {f"{ORDERS}/orders.read": True}
    assert granted["granted_for_all_at"]
    assert run("api", "revoke-grant", *about(bookshop))["granted_for_all_at"] is None
    assert run("api", "ask-nobody", *about(bookshop))["asks_for_consent"] is False
    assert run("api", "delete-scope", "--tenant", "acme", "--scope", f"{ORDERS}/orders.read")["scopes"] == []
    assert run("api", "expose", *about(exposed), "--identifier-uri", "")["identifier_uri"] == ""


def test_roles_go_to_customers_groups_and_services(run: Run, bookshop: Application, exposed: Application) -> None:
    run("role", "define", *about(exposed), "--value", "clerk", "--display-name", "Clerk", "--for-services")
    run("group", "create", "--tenant", "acme", "--name", "Regulars")
    members = run("group", "add", "--tenant", "acme", "--name", "Regulars", "--email", "carol@acme.example")
    assert members["groups"][0]["members"] == ["carol@acme.example"]
    run("role", "assign", *about(exposed), "--value", "clerk", "--group", "Regulars")
    told = run("role", "assign", *about(exposed), "--value", "clerk", "--email", "carol@acme.example")
    assert set(told["roles"][0]["given_to"]) == {"Regulars", "carol@acme.example"}
    permitted = run("api", "permit", *about(exposed), "--role", f"{ORDERS}/clerk")
    assert permitted["permitted_roles"] == [f"{ORDERS}/clerk"]
    told = run("role", "withdraw", *about(exposed), "--value", "clerk", "--group", "Regulars")
    assert told["roles"][0]["given_to"] == ["carol@acme.example"]
    run("group", "remove", "--tenant", "acme", "--name", "Regulars", "--email", "carol@acme.example")
    assert run("group", "delete", "--tenant", "acme", "--name", "Regulars")["groups"] == []
    restored = run("group", "restore", "--tenant", "acme", "--name", "regulars")
    assert restored["groups"] == [{"name": "Regulars", "description": "", "members": []}]
    with pytest.raises(CommandError, match="No group regulars was deleted"):
        run("group", "restore", "--tenant", "acme", "--name", "regulars")
    assert run("role", "delete", *about(exposed), "--value", "clerk")["roles"] == []


def test_claims_are_chosen_and_forgotten(run: Run, bookshop: Application) -> None:
    chosen = run(
        "claim", "choose", *about(bookshop), "--name", "tier", "--source", "constant", "--value", "gold",
        "--in", "id-token", "--in", "userinfo",
    )  # fmt: skip
    assert chosen["claims"][0]["in"] == ["id-token", "userinfo"]
    assert run("claim", "list", *about(bookshop)) == chosen
    assert run("claim", "forget", *about(bookshop), "--name", "tier")["claims"] == []


def test_tokens_are_made_otherwise(run: Run, bookshop: Application) -> None:
    usual = run("application", "tokens", *about(bookshop))
    assert usual["access_token_minutes"] == 60
    changed = run("application", "tokens", *about(bookshop), "--access-token-minutes", "10", "--requires-dpop")
    assert changed == usual | {"access_token_minutes": 10, "requires_dpop": True}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("api", "expose", "--identifier-uri", "nonsense"), "--identifier-uri: Begin with api://"),
        (("api", "permit", "--scope", "https://nobody.example/x"), "No API of this tenant offers"),
        (("role", "assign", "--value", "clerk", "--email", "carol@acme.example"), "has no role clerk"),
        (("claim", "choose", "--name", "sub", "--source", "constant", "--value", "x"), "meaning of its own"),
        (("claim", "forget", "--name", "tier"), "isn’t chosen"),
        (("application", "tokens", "--access-token-minutes", "1"), "Choose 10 to 1440 minutes"),
    ],
)
def test_what_cant_be_is_said(run: Run, bookshop: Application, words: tuple[str, ...], sentence: str) -> None:
    verb, rest = words[:2], words[2:]
    with pytest.raises(CommandError, match=sentence):
        run(*verb, *about(bookshop), *rest)


def test_applications_may_register_themselves(run: Run) -> None:
    assert run("registration", "on", "--tenant", "acme")["is_on"] is True
    made = run("registration", "create-token", "--tenant", "acme", "--description", "Partners")
    (listed,) = run("registration", "list", "--tenant", "acme")["initial_access_tokens"]
    assert made["initial_access_token"].startswith(listed["begins_with"])
    assert listed["begins_with"].startswith("iat_")
    revoked = run("registration", "revoke-token", "--tenant", "acme", "--begins-with", listed["begins_with"])
    assert revoked["initial_access_tokens"][0]["revoked"] is True
    assert run("registration", "off", "--tenant", "acme")["is_on"] is False
