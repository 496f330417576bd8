import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.models import CustomAttribute
from applications.models import Application
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
        (("--custom-attribute", "loyaltyNumber:Int"), "“loyaltyNumber” already exists"),
        (("--attribute", "city", "--attribute", "city"), "only once"),
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
    with pytest.raises(CommandError, match="--name: A user flow named “Club” already exists"):
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


def test_a_copy_takes_the_place_of_a_flow_and_gives_it_back(
    run: Run, acme: Tenant, bookshop: Application, mobile: Application
) -> None:
    live = "Sign up and sign in"
    run("userflow", "duplicate", "--tenant", "acme", "--name", live, "--as", "Tried")
    replace = ("userflow", "replace", "--tenant", "acme")

    ahead = run(*replace, "--name", live, "--by", "Tried", "--client-id", bookshop.client_id, "--keep-default")
    assert (ahead["client_ids"], ahead["is_default"]) == ([bookshop.client_id], False)
    rest = run(*replace, "--name", live, "--by", "Tried")
    assert (rest["client_ids"], rest["is_default"]) == ([mobile.client_id], True)
    for name, said in ((live, "at least one application"), ("Tried", "instead of itself")):
        with pytest.raises(CommandError, match=said):
            run(*replace, "--name", name, "--by", "Tried")
    back = run(*replace, "--name", "Tried", "--by", live)
    assert (sorted(back["client_ids"]), back["name"], back["is_default"]) == (
        sorted([bookshop.client_id, mobile.client_id]),
        live,
        True,
    )


def test_the_neighbours_flows_are_not_listed(run: Run, acme: Tenant, globex: Tenant) -> None:
    run("userflow", "create", "--tenant", "acme", "--name", "Club")

    assert "Club" in [flow["name"] for flow in run("userflow", "list", "--tenant", "acme")["user_flows"]]
    assert "Club" not in [flow["name"] for flow in run("userflow", "list", "--tenant", "globex")["user_flows"]]


def test_all_that_the_portal_changes_about_a_flow_is_changed_from_the_shell(run: Run, acme: Tenant) -> None:
    flow = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *flow, "--attribute", "city")

    changed = run(
        *("userflow", "change", *flow, "--new-name", "Club of friends", "--method", "code", "--method", "link"),
        *("--sign-up", "off", "--second-factor", "app", "--remember-days", "7", "--disposable", "refuse"),
    )

    assert (changed["name"], changed["methods"]) == ("Club of friends", ["code", "link"])
    assert (changed["allows_sign_up"], changed["remember_days"]) == (False, 7)
    assert [row["name"] for row in changed["attributes"]] == ["city"]
    renamed = ("--tenant", "acme", "--name", "Club of friends")
    assert run("userflow", "sign-up", *renamed)["refuses_disposable"]
    with pytest.raises(CommandError, match="--method: "):
        run("userflow", "change", *renamed, "--method", "telepathy")


def test_a_flow_is_deleted_that_nobody_uses(run: Run, acme: Tenant) -> None:
    flow = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *flow)
    client_id = run(
        *("application", "register", "--tenant", "acme", "--name", "Club shop", "--type", "web"),
        *("--redirect-uri", "https://club.example/callback", "--user-flow", "Club"),
    )["client_id"]
    application = ("application", "user-flow", "--tenant", "acme", "--client-id", client_id)
    assert run(*application)["user_flow"] == "Club"
    with pytest.raises(CommandError, match="Applications that use this user flow: 1"):
        run("userflow", "delete", *flow)

    default = next(
        each["name"] for each in run("userflow", "list", "--tenant", "acme")["user_flows"] if each["is_default"]
    )
    assert run(*application, "--user-flow", default)["user_flow"] == default
    assert run("userflow", "delete", *flow)["name"] == "Club"
    with pytest.raises(CommandError, match="no user flow named “Club”"):
        run("userflow", "terms", *flow)
    with pytest.raises(CommandError, match="This is the default user flow"):
        run("userflow", "delete", "--tenant", "acme", "--name", default)


def test_terms_are_said_in_a_language_of_their_own_from_the_shell(run: Run, acme: Tenant) -> None:
    terms = ("userflow", "terms", "--tenant", "acme", "--name", "Club")
    run("userflow", "create", "--tenant", "acme", "--name", "Club")
    run(*terms, "--terms-version", "2026-12", "--text", "I accept the [terms](https://acme.example/terms).")

    said = run(*terms, "--language", "de", "--text", "Ich nehme die [Bedingungen](https://acme.example/de) an.")
    assert said["texts"] == {"de": "Ich nehme die [Bedingungen](https://acme.example/de) an."}
    assert said["version"] == "2026-12"
    assert run(*terms, "--language", "de", "--text", "")["texts"] == {}
    for words, sentence in (
        (("--language", "tlh", "--text", "nuqneH"), "--language: Customer pages aren’t translated"),
        (("--language", "de"), "goes --text and nothing else"),
        (("--language", "de", "--text", "Ja", "--none"), "goes --text and nothing else"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run(*terms, *words)


def test_custom_attributes_are_kept_from_the_shell_as_in_the_portal(run: Run, acme: Tenant) -> None:
    words = ("--tenant", "acme", "--name", "tier")
    run("attribute", "define", *words, "--type", "Int", "--description", "One to three")
    answer = run("attribute", "describe", *words, "--description", "One to five")
    tier = {"name": "tier", "data_type": "Int", "is_unique": False, "description": "One to five"}
    assert tier in answer["attributes"]
    card = run("attribute", "define", "--tenant", "acme", "--name", "card", "--unique")["attributes"]
    assert [each["name"] for each in card if each["is_unique"]] == ["card"]
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


def test_user_names_are_taken_from_the_shell(run: Run, acme: Tenant) -> None:
    flow = ("--tenant", "acme", "--name", "Club")
    made = run("userflow", "create", *flow, "--attribute", "preferred_username:required", "--user-names", "on")
    assert made["takes_user_names"]
    assert made["attributes"] == [{"name": "preferred_username", "is_required": True, "input_type": "text"}]
    assert made["defined_attributes"] == []
    assert not run("userflow", "user-names", *flow, "--user-names", "off")["takes_user_names"]
    assert not run("userflow", "user-names", *flow)["takes_user_names"]


def test_when_an_address_is_verified_and_what_follows_is_chosen_from_the_shell(run: Run, acme: Tenant) -> None:
    flow = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *flow, "--verify", "after")
    sign_up = run("userflow", "sign-up", *flow, "--welcome-mail", "on")
    assert (sign_up["verifies_last"], sign_up["sends_welcome"]) == (True, True)
    assert not run("userflow", "sign-up", *flow, "--verify", "before")["verifies_last"]
    leads = {"finished_url": "https://acme.example/home"}
    assert run("userflow", "finished", *flow, "--url", leads["finished_url"]) == leads
    assert run("userflow", "finished", *flow) == leads
    with pytest.raises(CommandError, match="Begin the address with https://"):
        run("userflow", "finished", *flow, "--url", "http://acme.example")
    assert run("userflow", "finished", *flow, "--url", "none") == {"finished_url": ""}


ROW = {
    "attribute": "loyaltyNumber",
    "label": "Card",
    "hint": "On its back",
    "is_required": True,
    "pattern": "[A-Z]-[0-9]+",
    "mismatch": "A letter, a dash, digits.",
    "begins_page": True,
    "translations": {"de": {"label": "Karte", "mismatch": "Ein Buchstabe, ein Strich, Ziffern."}},
}


def test_a_page_layout_goes_to_a_file_and_comes_back_the_same(run: Run, acme: Tenant, tmp_path: Path) -> None:
    club = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *club, "--attribute", "city:required")
    file = tmp_path / "layout.json"
    file.write_text(json.dumps([ROW, {"attribute": "city", "asked": "later", "after_sign_ins": 3}]))

    card, city = run("userflow", "layout", *club, "--file", str(file))["page_layout"]

    assert {name: card[name] for name in ROW if name != "translations"} == {
        name: value for name, value in ROW.items() if name != "translations"
    }
    assert card["translations"]["de"]["label"] == "Karte"
    assert (card["input_type"], city["asked"], city["after_sign_ins"]) == ("text", "later", 3)
    file.write_text(json.dumps([card, city]))
    assert run("userflow", "layout", *club, "--file", str(file))["page_layout"] == [card, city]
    assert run("userflow", "layout", *club)["page_layout"] == [card, city]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[", "is no JSON"),
        ("{}", "list of rows"),
        ('["city"]', "names its “attribute”"),
        ('[{"attribute": "city", "colour": "red"}]', "nothing is known as colour"),
        ('[{"attribute": "city", "is_required": "yes"}]', "“is_required” has to be true or false"),
        ('[{"attribute": "city", "after_sign_ins": true}]', "“after_sign_ins” has to be a whole number"),
        ('[{"attribute": "city", "minimum": 3}]', "“minimum” has to be a text"),
        ('[{"attribute": "city", "options": {}}]', "“options” has to be a list"),
        ('[{"attribute": "city", "options": [{"text": 1}]}]', "have to be texts"),
        ('[{"attribute": "city", "options": [{"label": "x"}]}]', "only these are known: text, value"),
        ('[{"attribute": "city", "translations": {"de": []}}]', "“de” has to be an object"),
        ('[{"attribute": "nobody"}]', "no attribute named “nobody”"),
    ],
)
def test_a_file_that_is_no_page_layout_changes_nothing_and_says_why(
    run: Run, acme: Tenant, tmp_path: Path, content: str, sentence: str
) -> None:
    club = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *club, "--attribute", "city")
    file = tmp_path / "layout.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        run("userflow", "layout", *club, "--file", str(file))
    assert [row["attribute"] for row in run("userflow", "layout", *club)["page_layout"]] == ["city"]


def test_terms_of_use_are_set_and_taken_back_from_the_shell(run: Run, acme: Tenant) -> None:
    club = ("--tenant", "acme", "--name", "Club")
    run("userflow", "create", *club)
    set_to = run("userflow", "terms", *club, "--terms-version", "2026-12", "--text", "I agree")
    assert (set_to["version"], set_to["text"]) == ("2026-12", "I agree")
    assert run("userflow", "terms", *club)["version"] == "2026-12"
    run("userflow", "create", "--tenant", "acme", "--name", "Trade")
    other = run(
        "userflow", "terms", "--tenant", "acme", "--name", "Trade", "--terms-version", "2026-12", "--text", "I pay"
    )
    assert other["other_sentences"] == ["Club"]
    assert run("userflow", "terms", *club, "--none")["version"] == ""


def test_whom_a_flow_lets_sign_up_is_chosen_and_taken_back_from_the_shell(run: Run, acme: Tenant) -> None:
    club = ("--tenant", "acme", "--name", "Club")
    run(
        "userflow",
        "create",
        *club,
        "--who",
        "invited",
        "--custom-attribute",
        "born:Date",
        "--attribute",
        "born:required",
    )
    both = ("--allow-domain", "Acme.example", "--allow-domain", "*.edu")
    age = ("--minimum-age", "16", "--birth-attribute", "born")
    chosen = run("userflow", "sign-up", *club, *both, "--disposable", "refuse", *age)
    assert (chosen["invited_only"], chosen["refuses_disposable"], chosen["minimum_age"]) == (True, True, 16)
    assert chosen["allowed_domains"] == ["acme.example", "*.edu"]
    back = run("userflow", "sign-up", *club, "--who", "everybody", "--allow-domain", "none", "--minimum-age", "0")
    assert (back["invited_only"], back["allowed_domains"], back["minimum_age"]) == (False, [], 0)
    assert run("userflow", "sign-up", *club) == back
