"""One word per thing. The glossary's "Not" column is what nobody says: neither to people nor in code."""

import ast
import re
from pathlib import Path

from tests.house_rules.sources import ROOT, modules, name, nodes, template_text, templates

# Words the glossary turns down for one thing that name something else as well, as any reader can tell.
ORDINARY = set("certificate confirm console field member policy site user validate".split())


def _turned_down() -> set[str]:
    """The words of the "Not" column."""
    rows = re.findall(r"^\| \*\*.*\|([^|]*)\|$", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = {word.strip().lower() for row in rows for word in re.split(r"[,;]", re.sub(r"\([^)]*\)|\*|`", "", row))}
    return words - {""}


def _forbidden() -> list[str]:
    """The words turned down, but for those that are ordinary."""
    return sorted(_turned_down() - ORDINARY)


def _visible(text: str) -> str:
    """What a person reads of a template: its text, translated strings, labels and hints."""
    strings = re.findall(r"{%\s*(?:translate|trans)\s+\"([^\"]+)\"", text)
    attributes = re.findall(r"(?:aria-label|title|placeholder|alt)=\"([^\"]+)\"", text)
    body = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join([body, *strings, *attributes]).lower()


def _says(visible: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}s?\b", visible) is not None


def test_the_glossary_turns_words_down() -> None:
    assert {"realm", "superuser", "dashboard", "login"} <= set(_forbidden())


def test_a_word_has_one_row() -> None:
    heads = re.findall(r"^\| (\*\*.*?) \|", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = [word for head in heads for word in re.findall(r"\*\*(.+?)\*\*", head)]
    assert sorted(words) == sorted(set(words))


def test_no_page_says_a_word_the_glossary_turns_down() -> None:
    visible = {name(path): _visible(template_text(path)) for path in templates()}

    assert [(page, word) for page, said in visible.items() for word in _forbidden() if _says(said, word)] == []


# Names that other people chose: Django's, the toolkit's, PostgreSQL's, the wire's.
THEIRS = {
    "LoginRequired",
    "get_login_stages",
    "login",
    "post_login",
    "post_logout_redirect_uri_list",
    "post_logout_redirect_uri_problem",
}


def _words_of_names(path: Path) -> dict[str, set[str]]:
    """The words of each function's and class's name that we chose."""
    return {
        node.name: set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_"))
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in THEIRS
    }


def test_no_name_in_the_code_uses_one_either() -> None:
    forbidden = set(_forbidden())
    named = {(name(path), each): words for path in modules() for each, words in _words_of_names(path).items()}

    assert [each for each, words in named.items() if words & forbidden] == []


def test_no_word_is_exempt_that_nobody_uses() -> None:
    """An idle exemption would let the word in one day for the very thing it was turned down for."""
    pages = [_visible(template_text(path)) for path in templates()]
    in_names = {word for path in modules() for words in _words_of_names(path).values() for word in words}
    used = {word for word in ORDINARY if word in in_names or any(_says(page, word) for page in pages)}
    assert used & _turned_down() == ORDINARY
