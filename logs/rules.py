"""For how long a tenant's events are kept, as it has chosen: one value, as every setting is."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from audit.models import Category
from common.problems import Code, Problem
from common.versions import version_of
from logs.models import LogSettings
from logs.served import is_of_installation

ACTIVITY_DAYS = (7, 730)
ADMINISTRATION_DAYS = (365, 3650)


@dataclass(frozen=True)
class LogRules:
    """For how many days events of each category are kept; None: as long as the installation's settings say."""

    activity_days: int | None = None
    administration_days: int | None = None

    @property
    def version(self) -> str:
        """A name for just these rules, by which somebody who changes them tells what they have seen."""
        return version_of(self)

    def days(self, category: Category) -> int:
        """How many days that comes to."""
        if category == Category.ACTIVITY:
            return self.activity_days or settings.CIAM_ACTIVITY_KEPT_DAYS
        return self.administration_days or settings.CIAM_ADMINISTRATION_KEPT_DAYS


def describe() -> LogRules:
    """The rules of the log being served, as they are now. That of the installation has no other than the settings."""
    if is_of_installation():
        return LogRules()
    kept = LogSettings.objects.values("activity_days", "administration_days").first()
    return LogRules(**kept) if kept else LogRules()


def problems_of(rules: LogRules) -> list[Problem]:
    """All that is wrong with them."""
    bounds = {"activity_days": ACTIVITY_DAYS, "administration_days": ADMINISTRATION_DAYS}
    return [
        Problem(
            Code.OUT_OF_RANGE,
            name,
            _("Choose %(low)d to %(high)d days, or leave it empty.") % {"low": low, "high": high},
        )
        for name, (low, high) in bounds.items()
        if (days := getattr(rules, name)) is not None and not low <= days <= high
    ]
