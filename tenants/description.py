"""What may be chosen about a tenant itself, as one value. The rest of its settings is kept by whom it concerns."""

from dataclasses import dataclass

from common.problems import Code, Problem, name_problems
from common.text.countries import NOT_A_COUNTRY, is_country
from common.versions import version_of
from tenants.policies import MAX_NAME_LENGTH


@dataclass(frozen=True)
class TenantDescription:
    """Its display name, and the label of its country, as the two letters of ISO 3166-1. The domain stays for ever."""

    name: str
    country: str = ""

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def problems_of(before: TenantDescription | None, after: TenantDescription) -> list[Problem]:
    """All that is wrong with what differs."""
    problems: list[Problem] = []
    if before is None or before.name != after.name:
        problems += name_problems(after.name, longest=MAX_NAME_LENGTH)
    if (before is None or before.country != after.country) and after.country and not is_country(after.country):
        problems.append(Problem(Code.INVALID, "country", str(NOT_A_COUNTRY)))
    return problems
