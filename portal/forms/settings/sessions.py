"""The form about how long people stay signed in."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.sessions.policies import (
    LONGEST_LIFETIME_MINUTES,
    LONGEST_STAY_DAYS,
    SHORTEST_IDLE_MINUTES,
    session_settings_problems,
)
from portal_frame.forms import EditForm

FIELD_OF = {"idle_minutes": "idle_amount", "lifetime_minutes": "lifetime_amount"}
MINUTES_IN = [("1", _("minutes")), ("60", _("hours")), ("1440", _("days"))]


class SessionRulesForm(EditForm):
    """How long people stay signed in. Cleans to the fields of `accounts.sessions.rules.SessionRules`.

    Administrators aren't offered several accounts in one browser, so nothing is asked about that.
    """

    idle_amount = forms.IntegerField(label=_("Sign out after inactivity of"))
    idle_unit = forms.ChoiceField(label=_("Unit"), choices=MINUTES_IN)
    lifetime_amount = forms.IntegerField(label=_("Sign out after at most"))
    lifetime_unit = forms.ChoiceField(label=_("Unit"), choices=MINUTES_IN)
    offers_stay = forms.BooleanField(
        label=_("Offer to stay signed in"),
        required=False,
        help_text=_("People who tick “Stay signed in” are still signed in after closing the browser."),
    )
    stay_days = forms.IntegerField(label=_("Sign them out after"))
    offers_several = forms.BooleanField(
        label=_("Allow several accounts in one browser"),
        required=False,
        help_text=_("Customers can sign in with another account without signing out, and switch between them."),
    )

    def __init__(self, *args: Any, are_administrators: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if are_administrators:
            del self.fields["offers_several"]
        self.fields["stay_days"].help_text = gettext("1 to %(most)d days.") % {"most": LONGEST_STAY_DAYS}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("idle", "lifetime"):
            amount, unit = cleaned.pop(f"{name}_amount", None), cleaned.pop(f"{name}_unit", None)
            if amount is not None and unit:
                cleaned[f"{name}_minutes"] = amount * int(unit)
        self._judge_together(cleaned)
        return cleaned

    def _judge_together(self, cleaned: dict[str, Any]) -> None:
        """Say what doesn't fit along with what can't be read, in whose place stands what fits with anything."""
        times = {"idle_minutes": SHORTEST_IDLE_MINUTES, "lifetime_minutes": LONGEST_LIFETIME_MINUTES, "stay_days": 1}
        times |= {name: cleaned[name] for name in times if name in cleaned}
        for name, problem in session_settings_problems(**times).items():
            self.add_error(FIELD_OF.get(name, name), problem)
