"""The floors hold for pages too: no package names a page of the portal that belongs to one above it."""

import re
import tomllib

import pytest

from tests.house_rules.sources import ROOT, modules

NAMED = re.compile(r'"portal:([a-z-]+)"|_TABS\.add\((?:_\()?"[^"]+"\)?, "([a-z-]+)"')
DEFINED = re.compile(r'name="([a-z-]+)"')
# Where somebody is sent, though the page is another floor's: the way out of a deleted tenant, and what a new app needs.
SENT_UPWARDS = {("portal_frame", "tenant"), ("applications", "application-quick-start")}


def _floors() -> list[list[str]]:
    """The packages from the lowest floor to the highest."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return [[package.strip() for package in layer.split("|")] for layer in reversed(layers)]


FLOOR_OF = {package: floor for floor, packages in enumerate(_floors()) for package in packages}
PAGES = {
    name: package
    for package in FLOOR_OF
    if (ROOT / package / "urls.py").exists()
    for name in DEFINED.findall((ROOT / package / "urls.py").read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("package", FLOOR_OF)
def test_a_package_names_pages_of_its_own_floor_and_below(package: str) -> None:
    named = {
        page or tab
        for path in modules(package)
        for page, tab in NAMED.findall(path.read_text(encoding="utf-8"))
        if (package, page or tab) not in SENT_UPWARDS
    }

    assert {name for name in named if FLOOR_OF[PAGES[name]] > FLOOR_OF[package]} == set()


def test_the_pages_that_are_tabs_are_found_by_this_rule() -> None:
    assert PAGES["signing-keys"] == PAGES["application-sign-out"] == "oidc"
    assert PAGES["tenant-sessions"] == "portal"
