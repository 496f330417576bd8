"""Words of customer pages from the command line, one at a time and as files."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from audit.models import Event
from branding.models import ChangedSentence
from tenants.models import Tenant
from tests.commands.conftest import Run

AT_ACME = ("--tenant", "acme")
DE = (*AT_ACME, "--language", "de")
FLOW = "Sign up and sign in"


def written(path: Path, told: Any) -> str:
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return str(path)


def test_a_sentence_is_found_said_otherwise_and_itself_again(run: Run, acme: Tenant) -> None:
    [found] = run("words", "list", *DE, "--find", "passkey ANMELDEN", "--page", "sign_in")["sentences"]
    assert found["sentence"] == "Sign in with a passkey"

    said = run("words", "set", *DE, "--sentence", found["sentence"], "--text", " Mit  Passkey rein ")
    assert said["sentences"][0]["texts"] == ["Mit Passkey rein"]
    assert len(run("words", "list", *DE, "--changed")["sentences"]) == 1
    with tenant_context(acme):
        [event] = Event.objects.filter(action="branding.words_changed")
        assert event.details == {"language": "de", "user_flow": "", "sentences": 1}
        ChangedSentence.objects.update(instead_of=["Passkey benutzen"])
    assert run("words", "list", *DE, "--outdated")["sentences"][0]["product"] == found["product"]

    run("words", "set", *DE, "--sentence", found["sentence"], "--text", "Mit Passkey rein")
    assert run("words", "list", *DE, "--outdated")["sentences"] == []

    run("words", "reset", *DE, "--sentence", found["sentence"])
    assert run("words", "list", *DE, "--changed")["sentences"] == []


def test_what_cannot_be_said_is_told_with_the_sentence(run: Run, acme: Tenant) -> None:
    for sentence, text, told in (
        ("Continue to {name}?", "Weiter?", r"“Continue to {name}\?”: Keep {name}"),
        ("Continue", "<b>Weiter</b>", "plain text"),
        ("Tip me", "Danke", "no such sentence"),
        ("{count} left", "{count} übrig", "2 forms"),
    ):
        with pytest.raises(CommandError, match=told):
            run("words", "set", *DE, "--sentence", sentence, "--text", text)
    with pytest.raises(CommandError, match="one of the languages"):
        run("words", "set", *AT_ACME, "--language", "tlh", "--sentence", "Continue", "--text", "Go")


def test_all_words_go_into_a_file_and_come_back_at_another_tenant(
    run: Run, acme: Tenant, globex: Tenant, tmp_path: Path
) -> None:
    run("words", "set", *DE, "--sentence", "Continue", "--text", "Los")
    run("words", "set", *DE, "--sentence", "{count} left", "--text", "noch einer", "--text", "noch {count}")
    run("words", "set", *DE, "--flow", FLOW, "--sentence", "Continue", "--text", "Zur Kasse")
    told = run("words", "export", *AT_ACME)
    assert told == {
        "words": {"de": {"Continue": "Los", "{count} left": ["noch einer", "noch {count}"]}},
        "user_flows": {FLOW: {"de": {"Continue": "Zur Kasse"}}},
        "themes": {},
    }

    file = written(tmp_path / "words.json", told)
    assert run("words", "import", "--tenant", "globex", "--file", file) == {"changed": 3, "unknown": []}
    assert run("words", "export", "--tenant", "globex") == told


def test_a_file_is_taken_whole_or_not_at_all(run: Run, acme: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "words.json"
    bad = {"words": {"de": {"Continue": "Los", "Sign in": "<b>Rein</b>"}, "xx": {"Continue": "Go"}}}
    with pytest.raises(CommandError, match=r"(?s)“Sign in”.*one of the languages"):
        run("words", "import", *AT_ACME, "--file", written(file, bad))
    assert run("words", "export", *AT_ACME)["words"] == {}
    broken: list[Any] = [
        "{",
        [1],
        {"words": []},
        {"words": {"de": ["Continue"]}},
        {"words": {"de": {"Continue": 1}}},
        {"a": {}},
    ]
    for told in broken:
        with pytest.raises(CommandError, match=r"JSON|object|text"):
            run("words", "import", *AT_ACME, "--file", written(file, told))


def test_a_file_of_another_product_brings_the_words_both_have(run: Run, acme: Tenant, tmp_path: Path) -> None:
    theirs = {"SignIn_Title": "Rein hier", "SignIn_Description": "für {0}", "Attribute_extension_1_loyalty": "Nummer"}
    file = written(tmp_path / "de.json", theirs)
    with pytest.raises(CommandError, match="language"):
        run("words", "import", *AT_ACME, "--file", file)

    taken = run("words", "import", *DE, "--file", file)

    assert taken == {"changed": 2, "unknown": ["Attribute_extension_1_loyalty"]}
    assert run("words", "export", *AT_ACME)["words"]["de"] == {
        "Sign in": "Rein hier",
        "to continue to {name}": "für {name}",
    }
    back = run("words", "export", *DE, "--shape", "entra")
    assert (back["SignIn_Title"], back["SignIn_Description"]) == ("Rein hier", "für {0}")
    listed = {"attributeCollection": [{"key": key, "value": value} for key, value in back.items()]}
    assert run("words", "import", *DE, "--file", written(tmp_path / "graph.json", listed))["changed"] == 0
