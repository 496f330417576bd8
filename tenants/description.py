"""What may be chosen about a tenant itself, as one value. The rest of its settings is kept by whom it concerns."""

from dataclasses import dataclass

from common.problems import Code, Problem, wrong
from common.versions import version_of
from tenants.policies import tenant_name_problem


@dataclass(frozen=True)
class TenantDescription:
    """Its display name, and the label of its country. The domain stays for ever."""

    name: str
    country: str = ""

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def problems_of(description: TenantDescription) -> list[Problem]:
    """All that is wrong with it."""
    return wrong(Code.INVALID, "name", tenant_name_problem(description.name))
