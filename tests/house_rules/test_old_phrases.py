"""Phrases that once stood on pages and read as translated. What is said in their place is beside each."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.house_rules.sources import ROOT, modules, name, nodes, template_text, templates
from tools.translations import ADMINISTRATORS, extracted

INSTEAD = {
    "as usual": "Default",
    "what is usual": "Default",
    "where it stands": "Consent status",
    "take out": "Remove",
    "not said": "Not specified",
    "begin anew": "Start again",
    "a mail with six digits": "We emailed a 6-digit code to",
    "look in the spam folder, too": "Check your spam folder.",
    "this code isn't right": "That code is incorrect.",
    "this code can't be used any more": "This code has expired.",
    "have a new one sent": "Request a new one.",
    "the password isn't right": "Incorrect email or password.",
    "no device waits with": "That code isn't valid.",
    "know that it is you": "Confirm your identity",
    "signed in while you are away": "Keep access when you're not using the app",
    "take access back": "Remove access",
    "nobody answers at this address": "Page not found",
    "open the page anew": "Reload the page",
    "fill this in.": "Enter your given name.",
    "you are signed out there": "Signed out of that browser and its apps.",
}

# Administrators aren't spoken to like this, in the portal and in the documentation. Customers and commands may be.
TO_ADMINISTRATORS = {
    "nobody": "No one",
    "everybody": "Everyone",
    "somebody": "Someone",
    "anybody": "Anyone",
    "whoever": "Anyone who",
    "any more": "No longer",
    "anew": "Again",
    "for good": "Permanently",
    "good for": "Valid for",
    "meanwhile": "In the meantime",
    "a mail goes": "We’ll email",
    "a mail tells": "We’ll email",
    "come in": "Sign in",
    "comes in": "Signs in",
    "take back": "Revoke, withdraw or cancel",
    "taken back": "Revoked, withdrawn or cancelled",
    "took back": "Revoked, withdrew or cancelled",
    "shall": "Should",
    "is there already": "Already exists",
    "that were many": "That was a lot of",
    "had closed this way": "Had used up this limit",
}


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("&#x27;", "'").lower().split())


def _old(text: str, phrases: Iterable[str] = INSTEAD) -> list[str]:
    plain = _plain(text)
    # Most texts have none, which is found out at once.
    there = [phrase for phrase in phrases if phrase in plain]
    return [phrase for phrase in there if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain)]


def _said_in_code() -> Iterator[tuple[str, str]]:
    """Each text in the code but docstrings, with the file it stands in; one put together counts by its parts."""
    for path in modules():
        docstrings = {
            node.body[0].value
            for node in nodes(path)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
                yield name(path), node.value


@pytest.mark.parametrize("said", ["Begin\n  anew", "This code isn’t right.", "Take out this claim", "Fill this in."])
def test_an_old_phrase_is_found_however_it_is_set(said: str) -> None:
    assert _old(said)


def test_no_template_says_one() -> None:
    assert {name(path): found for path in templates() if (found := _old(template_text(path)))} == {}


def test_no_sentence_to_be_translated_is_one() -> None:
    sentences = [str(message.id) for message in extracted() if message.id]
    assert {sentence: found for sentence in sentences if (found := _old(sentence))} == {}


def test_no_sentence_for_administrators_is_one() -> None:
    sentences = [str(message.id) for message in extracted(ADMINISTRATORS) if message.id]
    assert {sentence: found for sentence in sentences if (found := _old(sentence, INSTEAD | TO_ADMINISTRATORS))} == {}


def _prose(page: str) -> str:
    """A page of Markdown without code, and without the addresses of its links."""
    return re.sub(r"```.*?```|`[^`\n]*`|(?<=\])\([^)]*\)", " ", page, flags=re.DOTALL)


def test_code_and_addresses_in_a_page_may_say_it() -> None:
    page = "[The code](0050-written-anew.md) says `nobody`:\n```\nwhoever\n```\nand anybody reads it."
    assert _old(_prose(page), TO_ADMINISTRATORS) == ["anybody"]


def test_no_page_of_the_documentation_says_one() -> None:
    """Decisions and the changelog may keep their voice."""
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "decisions"]
    pages += [page for page in ROOT.glob("*.md") if page.name != "CHANGELOG.md"]
    said = {name(page): _old(_prose(page.read_text(encoding="utf-8")), INSTEAD | TO_ADMINISTRATORS) for page in pages}
    assert {page: found for page, found in said.items() if found} == {}


def test_no_form_view_or_command_says_one() -> None:
    assert {(where, said): found for where, said in _said_in_code() if (found := _old(said))} == {}
