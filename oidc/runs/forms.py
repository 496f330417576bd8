from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from branding.languages.offered import offer
from common.text.languages import languages_by_name
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import PortalForm
from userflows.models import UserFlow

OPENID = "openid"
SCOPE_CHOICES = (
    ("profile", "profile", _("Name, job title, language, and the custom attributes the user flow asks for")),
    ("email", "email", _("The email address, and whether it was verified")),
    ("address", "address", _("The postal address")),
    ("offline_access", "offline_access", _("A refresh token")),
)
PROMPTS = (
    ("", _("Only what is needed")),
    ("login", _("login: sign in again")),
    ("select_account", _("select_account: ask which account")),
    ("create", _("create: begin with sign-up")),
    ("consent", _("consent: ask for consent")),
    ("none", _("none: show no page at all")),
)
MAX_SCOPE_LENGTH = 1000


class RunForm(PortalForm):
    """What an application would put into its request. `wishes` are the parameters, without those left empty."""

    application = forms.ChoiceField(
        label=_("Application"),
        help_text=_("One that uses another user flow is tried with this one: nothing changes for its customers."),
    )
    ui_locales = forms.ChoiceField(label=_("Language of the pages"), help_text=_("Sent as ui_locales."), required=False)
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        help_text=_("openid is always asked for."),
        choices=[(value, label) for value, label, _ in SCOPE_CHOICES],
        required=False,
        widget=CheckCards(descriptions={value: text for value, _, text in SCOPE_CHOICES}),
    )
    more_scopes = forms.CharField(
        label=_("More scopes"),
        help_text=_("Those of an API, separated by spaces, such as https://api.example.com/orders.read."),
        required=False,
        max_length=MAX_SCOPE_LENGTH,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    prompt = forms.ChoiceField(label=_("What the customer is asked"), help_text=_("Sent as prompt."), choices=PROMPTS,
                               required=False)  # fmt: skip
    login_hint = forms.EmailField(
        label=_("Email address to begin with"),
        help_text=_("Sent as login_hint; the first page is filled in with it."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    max_age = forms.IntegerField(
        label=_("Longest time since the sign-in, in seconds"),
        help_text=_("Sent as max_age. 0 makes the customer sign in again."),
        required=False,
        min_value=0,
        max_value=999_999_999,
    )

    def __init__(
        self, data: QueryDict | None = None, *, flow: UserFlow, applications: Sequence[Application], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.applications = {application.client_id: application for application in applications}
        self.fields["application"].choices = _by_use(flow, applications)  # type: ignore[attr-defined]
        languages = [
            ("", _("As the browser asks")),
            *((each.code, each.name) for each in languages_by_name(offer().languages)),
        ]
        self.fields["ui_locales"].choices = languages  # type: ignore[attr-defined]

    def clean_more_scopes(self) -> str:
        more: str = self.cleaned_data["more_scopes"]
        if not all(0x20 <= ord(character) < 0x7F and character not in '"\\' for character in more):
            raise ValidationError(
                _("A scope consists of letters, digits and punctuation without quotes or backslashes.")
            )
        return more

    def wishes(self) -> dict[str, str]:
        """The parameters of the request that were chosen."""
        cleaned = self.cleaned_data
        scopes = [OPENID, *cleaned["scopes"], *cleaned["more_scopes"].split()]
        chosen = {name: cleaned[name] for name in ("prompt", "ui_locales", "login_hint", "max_age")}
        given = {name: str(value) for name, value in chosen.items() if value not in (None, "")}
        return {"scope": " ".join(dict.fromkeys(scopes)), **given}

    def chosen(self) -> Application:
        """The application to stand in for."""
        return self.applications[self.cleaned_data["application"]]


def _by_use(flow: UserFlow, applications: Sequence[Application]) -> list[tuple[Any, Any]]:
    """The applications to choose from: those that use the flow come first, all others by which one they use."""
    by_flow: dict[UserFlow | None, list[tuple[str, str]]] = {flow: []}
    for application in applications:
        by_flow.setdefault(application.user_flow, []).append((application.client_id, application.label))
    own = by_flow.pop(flow)
    others = [(_("Uses %(flow)s now") % {"flow": other}, choices) for other, choices in by_flow.items()]
    return [*own, *others]
