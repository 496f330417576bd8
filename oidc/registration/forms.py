from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oidc.registration.policies import MAX_DAYS, MAX_DESCRIPTION_LENGTH, MAX_REGISTRATIONS
from portal_frame.forms import PortalForm


class InitialAccessTokenForm(PortalForm):
    """A further token by which applications register themselves."""

    description = forms.CharField(
        label=_("Description"),
        max_length=MAX_DESCRIPTION_LENGTH,
        help_text=_("Where it is used, such as “Partner portal”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("Valid for (days)"),
        initial=30,
        min_value=1,
        max_value=MAX_DAYS,
    )
    max_registrations = forms.IntegerField(
        label=_("Applications at most"),
        initial=1,
        min_value=1,
        max_value=MAX_REGISTRATIONS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in (("days", MAX_DAYS), ("max_registrations", MAX_REGISTRATIONS)):
            self.fields[name].help_text = _("1 to %(most)d.") % {"most": most}
