"""Which claims an application is told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.description import Claim
from applications.models import ClaimRule
from applications.policies.claims import CLAIM_SCOPES
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, ServiceText

PLACES = ("in_id_token", "in_access_token", "in_userinfo")


class ClaimForm(EditForm):
    """One claim. The value is an attribute's name or a text, as the source asks for it."""

    never_optional = ("attribute", "text")

    name = ServiceText(
        label=_("Name of the claim"),
        help_text=_("As it appears in tokens. It replaces a default claim of the same name, such as family_name."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
        ),
    )
    source = forms.ChoiceField(
        label=_("Source"),
        choices=ClaimRule.Source.choices,
        widget=RadioCards(),
        initial=ClaimRule.Source.ATTRIBUTE,
    )
    attribute = forms.ChoiceField(label=_("Attribute"), required=False)
    text = ServiceText(label=_("Text"), required=False, help_text=_("A fixed text."))
    in_id_token = forms.BooleanField(label=_("In the ID token"), required=False, initial=True)
    in_access_token = forms.BooleanField(
        label=_("In the access token"), required=False, help_text=_("Of this application, or for it if it is an API.")
    )
    in_userinfo = forms.BooleanField(label=_("In userinfo"), required=False)
    scope = forms.ChoiceField(
        label=_("Only with the scope"),
        required=False,
        choices=[(name, name or _("Always")) for name in CLAIM_SCOPES],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attribute: Any = self.fields["attribute"]
        custom = CustomAttribute.objects.order_by("name").values_list("name", flat=True)
        attribute.choices = [
            ("", _("Choose an attribute")),
            *((name, name) for name in (*BUILT_IN_ATTRIBUTES, *custom)),
        ]

    @property
    def shown_at(self) -> dict[str, str]:
        """Where a problem with the value is shown."""
        return {"value": "attribute" if self._is_of_attribute() else "text"}

    def claim(self) -> Claim:
        """What was chosen."""
        cleaned = dict(self.cleaned_data)
        attribute, text = cleaned.pop("attribute"), cleaned.pop("text")
        return Claim(**cleaned, value=attribute if self._is_of_attribute() else text)

    def _is_of_attribute(self) -> bool:
        return bool(self.cleaned_data["source"] == ClaimRule.Source.ATTRIBUTE)


def kept_of_claim(rule: ClaimRule) -> dict[str, Any]:
    """The state a form about the claim is shown with."""
    is_attribute = rule.source == ClaimRule.Source.ATTRIBUTE
    return {
        "name": rule.name,
        "source": rule.source,
        "attribute": rule.value if is_attribute else "",
        "text": "" if is_attribute else rule.value,
        "scope": rule.scope,
        **{place: getattr(rule, place) for place in PLACES},
    }
