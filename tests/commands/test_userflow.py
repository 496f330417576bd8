from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.models import CustomAttribute
from tenants.models import Tenant
from tests.commands.conftest import Run
from userflows.models import UserFlow


def test_a_flow_asks_for_attributes_in_the_order_given(run: Run, acme: Tenant) -> None:
    answer = run(
        *("userflow", "create", "--tenant", "acme", "--name", "Club", "--method", "code", "--method", "password"),
        *("--attribute", "surname", "--attribute", "givenName:required", "--attribute", "loyaltyNumber"),
    )

    assert [(row["name"], row["is_required"]) for row in answer["attributes"]] == [
        ("surname", False),
        ("givenName", True),
        ("loyaltyNumber", False),
    ]
    assert answer["defined_attributes"] == []
    with tenant_context(acme):
        flow = UserFlow.objects.get(pk=answer["id"])
    assert (flow.methods, flow.allows_sign_up, flow.is_default) == (["code", "password"], True, False)


@pytest.mark.parametrize("words", ["email", "email:required"])
def test_the_address_is_asked_for_anyway(run: Run, acme: Tenant, words: str) -> None:
    answer = run(
        *("userflow", "create", "--tenant", "acme", "--name", "Club"),
        *("--attribute", words, "--attribute", "surname"),
    )

    assert [row["name"] for row in answer["attributes"]] == ["surname"]
    assert answer["defined_attributes"] == []


def test_attributes_nobody_knows_are_defined_and_named(run: Run, acme: Tenant) -> None:
    answer = run(
        *("userflow", "create", "--tenant", "acme", "--name", "Club", "--no-sign-up"),
        *("--attribute", "hobby", "--attribute", "age:required", "--custom-attribute", "age:Int"),
    )

    assert answer["defined_attributes"] == ["age", "hobby"]
    assert not answer["allows_sign_up"]
    with tenant_context(acme):
        types = dict(CustomAttribute.objects.values_list("name", "data_type"))
    assert types["hobby"] == "String"
    assert types["age"] == "Int"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--attribute", "city:optional"), "Write city or city:required"),
        (("--attribute", "email_verified"), "has a meaning of its own"),
        (("--custom-attribute", "age:Float"), "String, Boolean, Int"),
        (("--custom-attribute", "loyaltyNumber:Int"), "“loyaltyNumber” exists"),
        (("--attribute", "city", "--attribute", "city"), "once only"),
        (("--method", "code", "--method", "code"), "each once"),
    ],
)
def test_a_flow_that_makes_no_sense_leaves_nothing(run: Run, acme: Tenant, words: Any, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("userflow", "create", "--tenant", "acme", "--name", "Club", *words)

    with tenant_context(acme):
        assert not UserFlow.objects.filter(name="Club").exists()
        assert not CustomAttribute.objects.filter(name="age").exists()


def test_a_name_is_given_once(run: Run, acme: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club")
    with pytest.raises(CommandError, match="--name: A user flow named “Club” exists"):
        run("userflow", "create", "--tenant", "acme", "--name", "Club")


def test_another_flow_becomes_the_default_one(run: Run, acme: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club")
    assert run("userflow", "set-default", "--tenant", "acme", "--name", "Club")["is_default"]
    flows = run("userflow", "list", "--tenant", "acme")["user_flows"]
    assert [flow["name"] for flow in flows if flow["is_default"]] == ["Club"]
    with pytest.raises(CommandError, match="no user flow named “Clubb”"):
        run("userflow", "set-default", "--tenant", "acme", "--name", "Clubb")


def test_a_flow_is_made_like_another_one(run: Run, acme: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club", "--method", "code", "--attribute", "city:required")

    copy = run("userflow", "duplicate", "--tenant", "acme", "--name", "Club", "--as", "Club in spring")

    assert (copy["name"], copy["methods"]) == ("Club in spring", ["code"])
    assert copy["attributes"] == [{"name": "city", "is_required": True, "input_type": "text"}]


def test_the_neighbours_flows_are_not_listed(run: Run, acme: Tenant, globex: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club")

    assert "Club" in [flow["name"] for flow in run("userflow", "list", "--tenant", "acme")["user_flows"]]
    assert "Club" not in [flow["name"] for flow in run("userflow", "list", "--tenant", "globex")["user_flows"]]


def test_custom_attributes_are_kept_from_the_shell_as_in_the_portal(run: Run, acme: Tenant) -> None:
    words = ("--tenant", "acme", "--name", "tier")
    run("attribute", "define", *words, "--type", "Int", "--description", "One to three")
    answer = run("attribute", "describe", *words, "--description", "One to five")
    assert {"name": "tier", "data_type": "Int", "description": "One to five"} in answer["attributes"]
    assert "tier" not in [row["name"] for row in run("attribute", "delete", *words)["attributes"]]
    for verb in ("describe", "delete"):
        with pytest.raises(CommandError, match="no custom attribute tier"):
            run("attribute", verb, *words)
    with pytest.raises(CommandError, match="meaning of its own"):
        run("attribute", "define", "--tenant", "acme", "--name", "email")


def test_passkeys_are_offered_and_required_from_the_shell(run: Run, acme: Tenant) -> None:
    flow = ("--tenant", "acme", "--name", "Club")
    made = run("userflow", "create", *flow, "--method", "passkey", "--method", "code", "--second-factor", "passkey")
    assert (made["methods"], made["second_factors"], made["asks_passkey"]) == (
        ["passkey", "code"],
        ["passkey"],
        "offer",
    )
    assert run("userflow", "passkeys", *flow, "--ask-passkey", "require")["asks_passkey"] == "require"
    assert run("userflow", "passkeys", *flow)["asks_passkey"] == "require"
    with pytest.raises(CommandError, match="Offer passkeys as a sign-in method"):
        run("userflow", "create", "--tenant", "acme", "--name", "Other", "--ask-passkey", "require")
