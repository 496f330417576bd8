"""What may be chosen about a tenant itself, as one value. The rest of its settings is kept by whom it concerns."""

from dataclasses import dataclass

from common.problems import Code, Problem, name_problems
from common.text.countries import NOT_A_COUNTRY, is_country
from common.text.time_zones import UTC, is_time_zone
from common.text.translation import gettext as _
from common.versions import version_of
from tenants.policies import MAX_NAME_LENGTH


@dataclass(frozen=True)
class TenantDescription:
    """Its display name, and the label of its country, as the two letters of ISO 3166-1. The domain stays for ever.

    `time_zone` says where its days begin, by a name of the IANA database such as Europe/Berlin.
    """

    name: str
    country: str = ""
    time_zone: str = UTC

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
    if (before is None or before.time_zone != after.time_zone) and not is_time_zone(after.time_zone):
        problems.append(
            Problem(Code.INVALID, "time_zone", _("Choose a time zone from the list, such as Europe/Berlin."))
        )
    return problems
