"""Forms about an administrator's own account."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.credentials.judging import least_length_said
from accounts.credentials.rules import password_rules
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from common.text.languages import PORTAL_LANGUAGES
from portal_frame.forms import EditForm, PortalForm, ServiceText

LANGUAGE_CHOICES = [("", _("As the browser says")), *((language.code, language.own) for language in PORTAL_LANGUAGES)]


class ProfileForm(EditForm):
    """What colleagues read of somebody, and in which language they read the portal."""

    name = ServiceText(label=_("Name"), required=False, help_text=_("Colleagues see it in the log."))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGE_CHOICES,
        required=False,
        help_text=_("Of the portal and of its emails to you."),
    )

    never_optional = ("language",)


class PasswordForm(PortalForm):
    """Another password."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = least_length_said(password_rules().min_length)
        self.fields["password"].validators.append(partial(check_new_password, account=account))
