from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from oidc.lifetimes import DEFAULT_ROTATION_DAYS
from portal_frame.forms import PortalForm

OFF = "off"
DAYS = (30, 60, 90, 180, 365)


class ScheduleForm(PortalForm):
    """How often signing keys rotate. `every_days` cleans to a number of days, or None for off."""

    every_days = forms.ChoiceField(label=_("Rotate the keys"))

    def __init__(self, data: QueryDict | None = None, *, every_days: int | None) -> None:
        super().__init__(data, initial={"every_days": str(every_days or OFF)})
        days = sorted({*DAYS, *([every_days] if every_days else [])})
        self.fields["every_days"].choices = [  # type: ignore[attr-defined]
            *((str(number), _words(number)) for number in days),
            (OFF, _("Only by hand")),
        ]

    def clean_every_days(self) -> int | None:
        chosen: str = self.cleaned_data["every_days"]
        return None if chosen == OFF else int(chosen)


class WithdrawForm(forms.Form):
    """What else goes with a compromised key."""

    with_next = forms.BooleanField(
        label=_("The next key may be known too: withdraw it as well"),
        help_text=_(
            "For when someone may have been able to read the place where all keys are kept."
            " A new key, which no one knows, signs."
        ),
        required=False,
    )


def _words(days: int) -> str:
    said = _("Every %(days)d days (recommended)") if days == DEFAULT_ROTATION_DAYS else _("Every %(days)d days")
    return said % {"days": days}
