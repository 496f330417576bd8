"""The form about the tenant's CAPTCHA."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from captcha.models import CaptchaSettings
from captcha.widgets import HCAPTCHA, OTHER, PUZZLE, RECAPTCHA, STOP, TURNSTILE
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, ServiceText

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
PROVIDERS = {
    "": (_("None"), _("User flows ask browsers to solve a puzzle, or nothing.")),
    TURNSTILE: (CaptchaSettings.Provider.TURNSTILE.label, _("Usually there is nothing to do.")),
    HCAPTCHA: (CaptchaSettings.Provider.HCAPTCHA.label, _("A box to tick, sometimes pictures to choose from.")),
    RECAPTCHA: (CaptchaSettings.Provider.RECAPTCHA.label, _("Version 2: a box to tick, sometimes pictures.")),
    OTHER: (CaptchaSettings.Provider.OTHER.label, _("One whose widget works the way these do.")),
}
FAILURES = {
    PUZZLE: _("Browsers solve the puzzle without contacting any other service. No one is kept waiting."),
    STOP: _("No one can sign up where it’s used until it answers again."),
}


def _address(label: Any, example: str) -> ServiceText:
    return ServiceText(
        label=label, required=False, widget=forms.TextInput(attrs={**PLAIN, "placeholder": example, "inputmode": "url"})
    )


class CaptchaForm(EditForm):
    """Which provider, and what it has given. The secret goes in and never comes out."""

    never_optional = ("site_key", "secret", "name", "script_url", "css_class", "response_field", "verify_url")

    provider = forms.ChoiceField(
        label=_("Provider"),
        required=False,
        choices=[(name, label) for name, (label, _hint) in PROVIDERS.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in PROVIDERS.items()}),
    )
    site_key = ServiceText(
        label=_("Site key"),
        required=False,
        help_text=_("The public one. Every browser gets it."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The private one, by which this server asks the provider."),
    )
    name = ServiceText(label=_("Name"), required=False, help_text=_("Customers read who runs the check."))
    script_url = _address(_("Script"), "https://captcha.example/api.js")
    css_class = ServiceText(
        label=_("CSS class"),
        required=False,
        help_text=_("Of the element that the script fills."),
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "g-recaptcha"}),
    )
    response_field = ServiceText(
        label=_("Response field"),
        required=False,
        help_text=_("The form field that carries the widget’s result."),
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "g-recaptcha-response"}),
    )
    verify_url = _address(_("Verification address"), "https://captcha.example/siteverify")
    origins = forms.CharField(
        label=_("Further origins"),
        required=False,
        help_text=_("Origins the widget loads from, in addition to the script’s own. One per line."),
        widget=forms.Textarea(attrs={**PLAIN, "rows": 3, "placeholder": "https://*.captcha.example"}),
    )
    privacy_url = _address(_("Privacy policy"), "https://captcha.example/privacy")
    on_failure = forms.ChoiceField(
        label=_("When it can’t be asked"),
        choices=CaptchaSettings.OnFailure.choices,
        widget=RadioCards(descriptions=FAILURES),
    )

    def __init__(self, *args: object, has_secret: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if has_secret:
            self.fields["secret"].help_text = _(
                "One is saved and never shown. Leave this empty to keep it; type it again for another server."
            )

    def clean_origins(self) -> tuple[str, ...]:
        """Each a line."""
        return tuple(filter(None, map(str.strip, self.cleaned_data["origins"].splitlines())))
