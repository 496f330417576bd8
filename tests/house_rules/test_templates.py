"""Templates: links that lead somewhere, none forgotten, mails complete, and nothing a strict policy would refuse."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.urls import URLPattern, get_resolver

from tests.house_rules.sources import PACKAGES, ROOT, TEMPLATES, modules, name, nodes, template_text, templates

PAGES = [path for path in templates() if path.suffix == ".html"]
URL_TAG = re.compile(r"{%\s*url\s+(?P<arguments>.*?)\s*%}", re.DOTALL)
MAIL_PARTS = (".subject.txt", ".txt", ".html")


def _names(patterns: Any, prefix: str = "") -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield prefix + pattern.name, set(pattern.pattern.converters)
        else:
            yield from _names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


@cache
def url_names() -> dict[str, list[set[str]]]:
    """The parameters each URL name takes, over all URL maps."""
    known: dict[str, list[set[str]]] = {}
    for urlconf in (settings.HOME_URLCONF, settings.TENANT_URLCONF, settings.UNAVAILABLE_URLCONF):
        import_module(urlconf)
        for url_name, parameters in _names(get_resolver(urlconf).url_patterns):
            known.setdefault(url_name, []).append(parameters)
    return known


def _leads_nowhere(arguments: str) -> bool:
    """Whether a URL tag names what isn't there, or gives it too little."""
    # With `as` Django says nothing about a missing name, so it is looked up here like any other.
    words = re.sub(r"\sas\s+\w+$", "", arguments).split()
    if words[0][0] not in "'\"":
        return False
    given = [word for word in words[1:] if not word.startswith("|")]
    return not any(len(given) >= len(parameters) for parameters in url_names().get(words[0].strip("'\""), []))


def test_every_url_tag_names_a_url_that_exists() -> None:
    tags = [(name(path), tag) for path in PAGES for tag in URL_TAG.finditer(template_text(path))]

    assert [(page, tag[0]) for page, tag in tags if _leads_nowhere(tag["arguments"])] == []


def test_no_template_writes_a_table_out() -> None:
    """They are `{% table %}`'s, however they look."""
    assert [name(path) for path in PAGES if "<table" in template_text(path)] == []


def _spelled_in_python() -> Iterator[Any]:
    """Patterns of every string in the code that may name a template; what is filled in later matches anything."""
    for path in modules(*PACKAGES):
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else ".+"
                    for part in node.values
                ]
                if any(part != ".+" for part in parts):
                    yield "".join(parts)


def test_every_template_is_used_by_a_view_a_mail_or_another_template() -> None:
    in_templates = {
        spelled
        for path in templates()
        for spelled in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", template_text(path))
    }
    in_python = {re.compile(pattern) for pattern in _spelled_in_python() if re.search(r"\\?\.(html|txt)$|/", pattern)}
    unused = []
    for path in templates():
        spelled = str(path.relative_to(TEMPLATES))
        if spelled in in_templates or any(pattern.fullmatch(spelled) for pattern in in_python):
            continue
        unused.append(spelled)

    assert unused == []


@pytest.mark.parametrize(
    "kind", sorted({path.name.partition(".")[0] for path in (TEMPLATES / "emails").glob("*.subject.txt")})
)
def test_every_mail_has_a_subject_a_text_and_a_page(kind: str) -> None:
    for part in MAIL_PARTS:
        assert (TEMPLATES / "emails" / f"{kind}{part}").exists(), part


def _found(patterns: dict[str, str], pages: list[Path]) -> list[tuple[str, str]]:
    """Which pages have what, by patterns of what they shall not have."""
    return [
        (name(path), what)
        for path in pages
        for what, pattern in patterns.items()
        if re.search(pattern, template_text(path))
    ]


def test_no_page_brings_what_the_content_security_policy_refuses() -> None:
    refused = {
        "an inline style": r"\sstyle\s*=",
        "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
        "an inline script": r"<script(?![^>]*\bsrc=)",
        "a style element": r"<style\b",
        "something from elsewhere": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    }

    assert _found(refused, [path for path in PAGES if not {"emails", "downloads"} & {*path.parts}]) == []


def test_no_template_turns_escaping_off() -> None:
    assert _found({"a filter": r"\|safe", "a tag": "autoescape off"}, PAGES) == []


def test_no_page_has_the_browser_cut_what_is_pasted_but_into_a_search() -> None:
    assert _found({"a greatest length": r'<(?:input|textarea)(?![^>]*type="search")[^>]*\smaxlength='}, PAGES) == []
    sample = type("Sample", (forms.Form,), {"name": forms.CharField(max_length=5)})
    assert "maxlength" not in str(sample()["name"])


def test_templates_live_in_one_place() -> None:
    assert [path for package in PACKAGES for path in Path(ROOT / package).rglob("templates")] == []


def test_no_page_writes_out_what_a_component_is_for() -> None:
    written = {
        "a table: {% table %}": "list-table",
        "a trail: {% breadcrumbs %}": 'class="crumbs"',
        "a form on a panel: {% panel_form %}": r"<form[^>]*form-panel",
    }

    assert _found(written, [path for path in PAGES if "components" not in path.parts]) == []
