"""One word per thing. The glossary's "Not" column is what nobody says: neither to people nor in code."""

import ast
import re

import pytest

from tests.house_rules.sources import ROOT, TEMPLATES, modules, name, template_text, templates, tree

# Words the glossary turns down for one thing that name something else as well, as any reader can tell.
ORDINARY = set(
    """
    access approval activity attribute author block brand certificate client code confirm consumer consume create
    console delete field frontend grant info log member node owner permission policy process profile property remove
    renew restore secret session site staff stage theme token user users validate organisation entry source
    """.split()
)


def _forbidden():
    """The words of the "Not" column, but for those that are ordinary."""
    rows = re.findall(r"^\| \*\*.*\|([^|]*)\|$", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = {word.strip().lower() for row in rows for word in re.split(r"[,;]", re.sub(r"\([^)]*\)|\*|`", "", row))}
    return sorted(word for word in words if word and word not in ORDINARY)


def _visible(text):
    """What a person reads of a template: its text, translated strings, labels and hints."""
    strings = re.findall(r"{%\s*(?:translate|trans)\s+\"([^\"]+)\"", text)
    attributes = re.findall(r"(?:aria-label|title|placeholder|alt)=\"([^\"]+)\"", text)
    body = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join([body, *strings, *attributes]).lower()


def test_the_glossary_turns_words_down():
    assert {"realm", "superuser", "dashboard", "login"} <= set(_forbidden())


@pytest.mark.parametrize("path", list(templates()), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_page_says_a_word_the_glossary_turns_down(path):
    visible = _visible(template_text(path))

    assert [word for word in _forbidden() if re.search(rf"\b{re.escape(word)}s?\b", visible)] == []


# Names that other people chose: Django's, the toolkit's, PostgreSQL's, the wire's.
THEIRS = {
    "LoginRequired",
    "get_login_stages",
    "login",
    "post_login",
    "post_logout_redirect_uri_list",
    "post_logout_redirect_uri_problem",
}


@pytest.mark.parametrize("path", list(modules()), ids=name)
def test_no_name_in_the_code_uses_one_either(path):
    single = {word for word in _forbidden() if " " not in word}
    wrong = [
        node.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.name not in THEIRS
        and single & set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_"))
    ]

    assert wrong == []
