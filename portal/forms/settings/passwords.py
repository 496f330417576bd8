"""The form about what new passwords have to be like."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.credentials.rules import LEAST_LENGTH, MOST_HISTORY, MOST_KINDS, MOST_MIN_LENGTH, tidied_words
from portal_frame.forms import EditForm


class PasswordRulesForm(EditForm):
    """What new passwords have to be like. Cleans to the fields of `accounts.credentials.rules.PasswordRules`."""

    min_length = forms.IntegerField(
        label=_("Least length"),
        min_value=LEAST_LENGTH,
        max_value=MOST_MIN_LENGTH,
        help_text=_("8 to 256 characters. If customers sign in with nothing but the password, we recommend 15."),
    )
    refuses_common = forms.BooleanField(
        label=_("Refuse common passwords"),
        required=False,
        help_text=_("The 20,000 that are guessed first, even with digits and symbols in place of letters."),
    )
    refuses_patterns = forms.BooleanField(
        label=_("Refuse repetitions and sequences"),
        required=False,
        help_text=_("Such as aaaaaaaa, abcabcabc, 12345678 and qwertyui."),
    )
    refuses_names = forms.BooleanField(
        label=_("Refuse names"),
        required=False,
        help_text=_("Passwords built around your tenant’s name, the customer’s own, or parts of their address."),
    )
    blocked_words = forms.CharField(
        label=_("Words of your own"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One per line, such as your products. A password that is half made up of one of"
            " them is refused, however it’s spelt."
        ),
    )
    checks_breaches = forms.BooleanField(
        label=_("Refuse passwords known from breaches"),
        required=False,
        help_text=_(
            "Checks a list on the network, which learns neither the password nor its hash. If the list can’t be "
            "reached, the password is accepted, checked within a day and, if necessary, replaced at the next "
            "sign-in."
        ),
    )
    history = forms.IntegerField(
        label=_("Last passwords that can’t be chosen again"),
        min_value=0,
        max_value=MOST_HISTORY,
        help_text=_("This includes the current one. 0 lets customers choose it again."),
    )
    character_kinds = forms.IntegerField(
        label=_("Kinds of characters"),
        min_value=0,
        max_value=MOST_KINDS,
        help_text=_(
            "0 requires none, which we recommend: rules about capitals, digits and symbols make passwords easier "
            "to guess. Of four: lowercase letters, uppercase letters, digits, symbols."
        ),
    )

    def clean_blocked_words(self) -> tuple[str, ...]:
        """Each once, in small letters."""
        return tidied_words(self.cleaned_data["blocked_words"])


def shown(rules: dict[str, Any]) -> dict[str, Any]:
    """The rules as the form shows them."""
    return {**rules, "blocked_words": "\n".join(rules["blocked_words"])}
