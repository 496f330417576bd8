"""What an operator looks up is complete: each setting and event has its line, and no line tells of the past."""

import ast
import re

import pytest

from tests.house_rules.sources import DOCS, ROOT, modules, tree

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
# Whatever writes an event takes the action as an argument: `record`, and small helpers beside it.
RECORDERS = re.compile(r"_?record\w*|_move|revoke_family")


def settings_read():
    """The variables of the environment that the settings read."""
    source = (ROOT / "ciam_portal" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', source))


def events_recorded():
    """The actions of all audit events, as the code writes them."""
    found = set()
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and RECORDERS.fullmatch(ast.unparse(node.func).rpartition(".")[2]):
                found |= {
                    argument.value
                    for argument in ast.walk(node)
                    if isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and ACTION.fullmatch(argument.value)
                }
    return found


def documented(page, pattern):
    """What the first column of the page's tables names."""
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    return set(re.findall(rf"^\| `({pattern})` \|", text, flags=re.MULTILINE))


def test_every_setting_is_documented_and_nothing_else():
    assert documented("settings.md", r"[A-Z_]+") == settings_read()


def test_every_audit_event_is_documented_and_nothing_else():
    assert documented("audit-events.md", r"[a-z_]+\.[a-z_]+") == events_recorded()


def test_every_command_and_its_options_are_documented():
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    missing = []
    for path in modules("ciam_portal/management/commands"):
        if path.stem == "__init__":
            continue
        options = re.findall(r'"(--[a-z-]+)"', path.read_text(encoding="utf-8"))
        missing += [f"{path.stem} {option}" for option in {*options} if option not in page]
        if f"## `manage.py {path.stem}`" not in page:
            missing.append(path.stem)

    assert missing == []


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: page.name)
def test_every_link_of_the_documentation_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target
