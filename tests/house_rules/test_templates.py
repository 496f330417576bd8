"""Templates: links that lead somewhere, none forgotten, mails complete, and nothing a strict policy would refuse."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver

from tests.house_rules.sources import PACKAGES, ROOT, TEMPLATES, modules, name, template_text, templates, tree

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


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_url_tag_names_a_url_that_exists(path: Path) -> None:
    for tag in URL_TAG.finditer(template_text(path)):
        # With `as` Django says nothing about a missing name, so it is looked up here like any other.
        words = re.sub(r"\sas\s+\w+$", "", tag["arguments"]).split()
        if words[0][0] not in "'\"":
            continue
        url_name = words[0].strip("'\"")
        assert url_name in url_names(), tag[0]
        given = [word for word in words[1:] if not word.startswith("|")]
        assert any(len(given) >= len(parameters) for parameters in url_names()[url_name]), tag[0]


def _spelled_in_python() -> Iterator[Any]:
    """Patterns of every string in the code that may name a template; what is filled in later matches anything."""
    for path in modules(*PACKAGES):
        for node in ast.walk(tree(path)):
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
    in_python = {pattern for pattern in _spelled_in_python() if re.search(r"\\?\.(html|txt)$|/", pattern)}
    unused = []
    for path in templates():
        spelled = str(path.relative_to(TEMPLATES))
        if spelled in in_templates or any(re.fullmatch(pattern, spelled) for pattern in in_python):
            continue
        unused.append(spelled)

    assert unused == []


@pytest.mark.parametrize(
    "kind", sorted({path.name.partition(".")[0] for path in (TEMPLATES / "emails").glob("*.subject.txt")})
)
def test_every_mail_has_a_subject_a_text_and_a_page(kind: Any) -> None:
    for part in MAIL_PARTS:
        assert (TEMPLATES / "emails" / f"{kind}{part}").exists(), part


@pytest.mark.parametrize("path", [path for path in PAGES if not {"emails", "downloads"} & {*path.parts}], ids=name)
def test_no_page_brings_what_the_content_security_policy_refuses(path: Path) -> None:
    text = template_text(path)

    assert not re.search(r"\sstyle\s*=", text), "an inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "an inline script"
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", text), "something from elsewhere"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_template_turns_escaping_off(path: Path) -> None:
    text = template_text(path)

    assert "|safe" not in text
    assert "autoescape off" not in text


def test_templates_live_in_one_place() -> None:
    assert [path for package in PACKAGES for path in Path(ROOT / package).rglob("templates")] == []


@pytest.mark.parametrize("path", [path for path in PAGES if "components" not in path.parts], ids=name)
def test_no_page_writes_out_what_a_component_is_for(path: Path) -> None:
    text = template_text(path)

    assert "list-table" not in text, "a table: {% table %}"
    assert 'class="crumbs"' not in text, "a trail: {% breadcrumbs %}"
    assert not re.search(r"<form[^>]*form-panel", text), "a form on a panel: {% panel_form %}"
