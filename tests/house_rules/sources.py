"""The code base as these rules see it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "accounts",
    "applications",
    "audit",
    "branding",
    "bulk",
    "captcha",
    "ciam_portal",
    "commands",
    "common",
    "documentation",
    "figures",
    "hooks",
    "logs",
    "mail",
    "oidc",
    "operations",
    "portal",
    "portal_frame",
    "providers",
    "serving",
    "sms",
    "tenants",
    "userflows",
)
TEMPLATES = ROOT / "templates"
DOCS = ROOT / "docs"


def modules(*folders: str) -> Iterator[Path]:
    """The Python files of these packages, without migrations."""
    for folder in folders or PACKAGES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All there is in a module. To walk through the code takes half a second, and most rules do."""
    return tuple(ast.walk(tree(path)))


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


def templates() -> Iterator[Path]:
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            yield path


@cache
def template_text(path: Path) -> str:
    """A template without its comments."""
    source = path.read_text(encoding="utf-8")
    return re.sub(r"\{% comment.*?endcomment %\}|\{#.*?#\}|<!--.*?-->", "", source, flags=re.DOTALL)


def settings_read() -> set[str]:
    """The variables of the environment that the settings read."""
    source = (ROOT / "ciam_portal" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', source))


def documented(page: str, pattern: str) -> set[str]:
    """What the first column of the page's tables names."""
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    return set(re.findall(rf"^\| `({pattern})` \|", text, flags=re.MULTILINE))
