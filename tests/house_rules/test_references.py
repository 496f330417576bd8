"""What an operator looks up is complete: each setting and event has its line, and no line tells of the past."""

import argparse
import ast
import re

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from tests.house_rules.sources import DOCS, ROOT, called, documented, modules, nodes, settings_read

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
# Whatever writes an event takes the action as an argument: `record`, and small helpers beside it.
RECORDERS = re.compile(r"_?record\w*|_move|revoke_family")


def events_recorded() -> set[str]:
    """The actions of all audit events, as the code writes them."""
    found = set()
    for path in modules():
        for node in nodes(path):
            if isinstance(node, ast.Call) and RECORDERS.fullmatch(called(node)):
                found |= {
                    argument.value
                    for argument in ast.walk(node)
                    if isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and ACTION.fullmatch(argument.value)
                }
            elif isinstance(node, ast.Dict):
                found |= _in_table(node)
    return found


def _in_table(table: ast.Dict) -> set[str]:
    """Actions by what they depend on, where something has several."""
    values = [each.value for each in table.values if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    is_table = len(values) == len(table.values) > 1 and all(map(ACTION.fullmatch, values))
    return set(values) if is_table else set()


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert documented("settings.md", r"[A-Z_]+") == settings_read()


def test_every_audit_event_is_documented_and_nothing_else() -> None:
    assert documented("audit-events.md", r"[a-z_]+\.[a-z_]+") == events_recorded()


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The options a parser takes beside those of every command, those of its verbs included."""
    usual = set(BaseCommand().create_parser("manage.py", "any")._option_string_actions) | {"--json"}
    found = {option for option in parser._option_string_actions if option.startswith("--")} - usual
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found = found.union(*(options_of(verb) for verb in action.choices.values()))
    return found


def commands() -> list[str]:
    return [path.stem for path in modules("commands/management/commands") if path.stem != "__init__"]


@pytest.mark.parametrize("command", commands())
def test_every_command_and_its_options_are_documented(command: str) -> None:
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition(f"## `manage.py {command}`")[2].partition("\n## ")[0]
    options = options_of(load_command_class("commands", command).create_parser("manage.py", command))

    assert section
    assert {option for option in options if not re.search(rf"`{option}[` ]", section)} == set()


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    targets = [
        (page, target)
        for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]

    broken = [(page.name, target) for page, target in targets if not (page.parent / target).exists()]
    assert [(page, target) for page, target in broken if not re.match(r"[a-z]+:", target)] == []


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_each_file_that_a_map_names_is_there(page: str) -> None:
    named = re.findall(
        r"(?<![\w./-])((?:[\w-]+/)+[\w-]+\.(?:py|sql|md|toml))", (ROOT / page).read_text(encoding="utf-8")
    )
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
