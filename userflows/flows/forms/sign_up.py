"""The form about whom a user flow lets sign up, of those who may."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm
from userflows.admission.ages import OLDEST
from userflows.admission.domains import tidied_domains
from userflows.admission.rules import AdmissionRules
from userflows.flows.sign_up import DOMAINS
from userflows.models import UserFlow
from userflows.state import ALWAYS, CAPTCHA, NEVER, PUZZLE, WHEN_MANY

EVERYBODY, INVITED = "everybody", "invited"
BEFORE, AFTER = "before", "after"
WHO = {
    EVERYBODY: (_("Anyone"), _("For anyone who verifies an email address.")),
    INVITED: (
        _("Invited people only"),
        _("With the link in the invitation, or with the invited address. No one else learns who was invited."),
    ),
}

HUMAN = {
    NEVER: (_("Off"), _("Limits by network and account still apply.")),
    WHEN_MANY: (
        _("When many sign up"),
        _("Once more than 60 have begun within ten minutes."),
    ),
    ALWAYS: (
        _("Always"),
        _("Everyone. Without JavaScript, a few people an hour can still sign up."),
    ),
}

MEANS = {
    PUZZLE: (
        _("A puzzle for the browser"),
        _(
            "It takes a moment, longer while many sign up. No outside service is involved, and no one has to look "
            "at pictures."
        ),
    ),
    CAPTCHA: (
        _("CAPTCHA"),
        _("The provider under Settings › CAPTCHA tells people from programs. Browsers load its script on that page."),
    ),
}


VERIFIES = {
    BEFORE: (
        _("Before the details"),
        _("Mistyped addresses are caught right away, and no one fills in a form for an account they already have."),
    ),
    AFTER: (
        _("After the details"),
        _("The code or link comes last, when everything else has been given. Fewer people leave on the way."),
    ),
}


class DomainsField(forms.CharField):
    """Mail domains, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 3, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}
        super().__init__(required=False, widget=forms.Textarea(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        """As a flow keeps them; what is none is told by the service."""
        return tidied_domains(str(super().clean(value)))


class SignUpForm(EditForm):
    """Who may sign up, with which addresses, and from which age on. `births` are the dates that the flow asks for."""

    invited_only = forms.ChoiceField(
        label=_("Who may sign up"),
        choices=[(name, label) for name, (label, _hint) in WHO.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in WHO.items()}),
    )
    verifies_last = forms.ChoiceField(
        label=_("When the email address is verified"),
        choices=[(name, label) for name, (label, _hint) in VERIFIES.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in VERIFIES.items()}),
        help_text=_("Either way, there is an account only once the address is verified."),
    )
    sends_welcome = forms.BooleanField(
        label=_("Send a welcome email"),
        required=False,
        help_text=_("Sent once, after sign-up. See it under Company branding › Emails; change its text under Words."),
    )
    allowed_domains = DomainsField(
        label=_("Allowed email domains"),
        help_text=_(
            "One per line: example.com for that domain alone, *.example.com for its subdomains. If empty, all but the "
            "blocked ones."
        ),
    )
    blocked_domains = DomainsField(label=_("Blocked email domains"), help_text=_("One per line, written the same way."))
    refuses_disposable = forms.BooleanField(
        label=_("Block disposable addresses"),
        required=False,
        help_text=_(
            "Addresses at domains on a public list of throwaway mail services. Apple’s private relay isn’t one of them."
        ),
    )
    disposable_exceptions = DomainsField(
        label=_("Exceptions"), help_text=_("Domains to accept even though the list names them, one per line.")
    )
    minimum_age = forms.IntegerField(
        label=_("Minimum age"),
        min_value=0,
        max_value=OLDEST,
        help_text=_(
            "In years; 0 for none. Customers aren’t told. Anyone younger can’t try again in the same browser for a day."
        ),
    )
    birth_attribute = forms.ChoiceField(
        label=_("Date of birth"),
        required=False,
        help_text=_("An attribute of the type Date that the page layout requires at sign-up."),
    )

    human_check = forms.ChoiceField(
        label=_("Bot protection"),
        choices=[(name, label) for name, (label, _hint) in HUMAN.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in HUMAN.items()}),
    )
    human_by = forms.ChoiceField(
        label=_("How"),
        choices=[(name, label) for name, (label, _hint) in MEANS.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in MEANS.items()}),
    )

    def __init__(self, *args: Any, births: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["birth_attribute"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("None")), *births]

    def clean_invited_only(self) -> bool:
        """As the flow keeps it."""
        return bool(self.cleaned_data["invited_only"] == INVITED)

    def clean_verifies_last(self) -> bool:
        """As the flow keeps it."""
        return bool(self.cleaned_data["verifies_last"] == AFTER)


def shown(flow: UserFlow) -> dict[str, Any]:
    """What the flow says of it, as the form shows it."""
    kept = vars(AdmissionRules.of_json(flow.sign_up_rules))
    domains = {name: "\n".join(kept[name]) for name in DOMAINS}
    return {
        **kept,
        **domains,
        "invited_only": INVITED if flow.invited_only else EVERYBODY,
        "verifies_last": AFTER if flow.verifies_last else BEFORE,
        "sends_welcome": flow.sends_welcome,
    }
