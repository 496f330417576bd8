"""The table of roles that people read is the one that the code asks."""

import re
from collections.abc import Mapping

from portal_frame.access import IN_A_TENANT, IN_THE_INSTALLATION, Need
from portal_frame.roles import WORDS, name_of
from tenants.policies import AdministratorRole
from tests.house_rules.sources import DOCS

PAGE = (DOCS / "how-to" / "administrators.md").read_text(encoding="utf-8")


def tables() -> list[dict[str, set[str]]]:
    """Each table of the page that begins with needs: by the role's name, the needs that it allows."""
    found = []
    for table in re.findall(r"^\| Need \|.*\n(?:\|.*\n)+", PAGE, flags=re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
        needs = {row[0].strip("`"): row[2:] for row in rows}
        found.append(
            {role: {need for need, cells in needs.items() if cells[at] == "yes"} for at, role in enumerate(head[2:])}
        )
    return found


def in_code(table: Mapping[AdministratorRole, Need]) -> dict[str, set[str]]:
    return {name_of(role): {str(need.name) for need in needs} for role, needs in table.items()}


def test_the_table_of_roles_is_that_of_the_code() -> None:
    assert tables() == [in_code(IN_A_TENANT), in_code(IN_THE_INSTALLATION)]


def test_every_role_is_explained_in_the_words_of_the_portal() -> None:
    for words in WORDS.values():
        assert f"| {words.name} | {words.purpose} |" in PAGE
