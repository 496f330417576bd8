"""Forms of the portal's pages about hooks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from applications.lookup.listing import labels_with_customers
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.policies import (
    APPLICATIONS,
    FLOWS,
    LEAST_MILLISECONDS,
    MAIL,
    MOMENTS,
    MOST_MILLISECONDS,
    PASSWORD,
    TEXT,
    TOKEN,
)
from portal_frame.fields.widgets import CheckCards, RadioCards
from portal_frame.forms import EditForm, ServiceText
from userflows.models import UserFlow

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
GO_ON, STOP = Hook.OnFailure.GO_ON, Hook.OnFailure.STOP
# What becomes of whoever waits, by moment; of all others as the form says.
STOPPED: Mapping[str, Any] = {
    TOKEN: _("The application reads temporarily_unavailable and asks again."),
    PASSWORD: _("Customers see that it can’t be checked right now."),
    MAIL: _(
        "We don’t send an email. The code is handed over again a few times, and customers can request another one."
    ),
    TEXT: _("We don’t send a text message. The code is handed over again, and customers can request another one."),
}
PASSED: Mapping[str, Any] = {
    MAIL: _("We send the email ourselves."),
    TEXT: _("We send the text message ourselves, as set in the settings."),
    PASSWORD: _("The password counts as wrong."),
}
NOBODY_GOES_ON = _(
    "Customers see that it can’t be finished right now. What they entered is kept, and they can try again."
)


class HookForm(EditForm):
    """All about one hook but its moment. What it serves is offered by its moment: user flows or applications."""

    never_optional = ("serves", "header_value")

    name = ServiceText(label=_("Name"), help_text=_("For administrators, and in the log."))
    url = ServiceText(
        label=_("Address"),
        help_text=_("Where requests are posted to: https://…, at a public address. Redirects aren’t followed."),
        widget=forms.URLInput(attrs=PLAIN),
    )
    public_key = ServiceText(
        label=_("Public key"),
        help_text=_("Passwords are encrypted to it (RSA-OAEP-256 and A256GCM): as PEM, or as a JSON Web Key."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
    header = ServiceText(
        label=_("Further header"),
        required=False,
        help_text=_("Sent in addition to the signature, for servers that check nothing else."),
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "Authorization"}),
    )
    header_value = forms.CharField(
        label=_("Its value"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Such as Bearer, a space and a token. It is never shown."),
    )
    serves = forms.MultipleChoiceField(label=_("For these user flows"), required=False, widget=CheckCards)
    timeout_ms = forms.IntegerField(
        label=_("It may take"),
        widget=forms.NumberInput(attrs={"min": LEAST_MILLISECONDS, "max": MOST_MILLISECONDS}),
        help_text=_("In milliseconds, including a second try. Customers wait no longer than this."),
    )
    on_failure = forms.ChoiceField(label=_("Without a good answer"), choices=Hook.OnFailure.choices, widget=RadioCards)
    is_on = forms.BooleanField(
        label=_("It is asked"),
        required=False,
        help_text=_("While it’s off, sign-ins continue as if it weren’t there, and its settings are kept."),
    )

    def __init__(self, *args: Any, description: HookDescription, version: str = "", **kwargs: Any) -> None:
        self.description = description
        kept = {**vars(description), "serves": list(description.serves)}
        super().__init__(*args, kept=kept, version=version or description.version, **kwargs)
        stopped = STOPPED.get(description.moment, NOBODY_GOES_ON)
        self.fields["on_failure"].widget.descriptions = {
            GO_ON: PASSED.get(description.moment, _("Continue as if the hook had nothing to say.")),
            STOP: stopped,
        }
        if settings.IS_LOCAL:
            self.fields["url"].help_text = _(
                "Where requests are posted to: https://…, at a public address; as this installation runs on your own "
                "machine, http:// and addresses of this machine, too. Redirects aren’t followed."
            )
        if description.header:
            self.fields["header_value"].help_text = _(
                "One is saved and never shown. Leave this empty to keep it; type it again for another server."
            )
        if description.moment != PASSWORD:
            del self.fields["public_key"]
        self._offer(MOMENTS[description.moment].by)

    def _offer(self, by: str) -> None:
        if by not in OFFERED:
            del self.fields["serves"]
            return
        serves = cast(forms.MultipleChoiceField, self.fields["serves"])
        serves.choices = OFFERED[by]()
        if by == APPLICATIONS:
            serves.label = _("For these applications")
        else:
            serves.help_text = _("Without a tick, for all.")

    @property
    def value_of_header(self) -> str:
        """What was typed for the header; "" keeps what there is. Only for a valid form."""
        return str(self.cleaned_data["header_value"])

    @property
    def wished(self) -> HookDescription:
        """What was chosen. Only for a valid form."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "header_value"}
        return HookDescription(moment=self.description.moment, **{**chosen, "serves": tuple(chosen.get("serves", ()))})


def names_of(descriptions: Sequence[HookDescription]) -> list[Sequence[str]]:
    """What each of these hooks serves, by name; what is gone by now is left out."""
    kinds = [MOMENTS[each.moment].by for each in descriptions]
    asked = {kind for kind, each in zip(kinds, descriptions, strict=True) if each.serves}
    named = {kind: dict(OFFERED[kind]() if kind in OFFERED and kind in asked else ()) for kind in set(kinds)}
    return [
        [named[kind][served] for served in each.serves if served in named[kind]]
        for kind, each in zip(kinds, descriptions, strict=True)
    ]


def _flows() -> list[tuple[str, str]]:
    return [(str(flow.pk), flow.name) for flow in UserFlow.objects.all()]


def _applications() -> list[tuple[str, str]]:
    return list(labels_with_customers().items())


OFFERED: Mapping[str, Callable[[], list[tuple[str, str]]]] = {FLOWS: _flows, APPLICATIONS: _applications}
