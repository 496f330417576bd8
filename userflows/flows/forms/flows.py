"""Forms of the portal's pages about user flows."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomAttribute
from portal_frame.fields.widgets import CheckCards, RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.methods import methods_on_offer, usual_methods
from userflows.state import NEVER, OFFER, REQUIRE

DATA_TYPE_DESCRIPTIONS: dict[str, Any] = {
    CustomAttribute.DataType.STRING: _("A text of up to 1,024 characters: typed, or chosen from your options."),
    CustomAttribute.DataType.BOOLEAN: _("Yes or no: one check box, such as a wish for a newsletter."),
    CustomAttribute.DataType.INT: _("A whole number."),
    CustomAttribute.DataType.DATE: _("A day, such as a birthday."),
    CustomAttribute.DataType.PHONE: _("A phone number, stored with its country code."),
    CustomAttribute.DataType.COUNTRY: _("A country or region, stored as its two letters."),
}

WHO_MAKES_PASSKEYS: dict[str, tuple[Any, Any]] = {
    OFFER: (_("Offered"), _("Asked after signing in or up, at most every 14 days and three times in a browser.")),
    REQUIRE: (
        _("Required"),
        _("Customers who sign in or up without a passkey create one before they continue. This needs JavaScript."),
    ),
    NEVER: (_("Not asked"), _("Customers find passkeys on their profile.")),
}

FOR_COLLEAGUES = _("What it is for. Customers don’t see it.")


class UserFlowForm(EditForm):
    """The flow itself: what it is called, how customers prove who they are, and whether they may sign up."""

    never_optional = ("methods", "first_method")

    name = ServiceText(label=_("Name"), help_text=_("For you and your colleagues; customers don’t see it."))
    methods = forms.MultipleChoiceField(
        label=_("Sign-in methods"),
        required=False,
        initial=usual_methods,
        widget=CheckCards(),
    )
    first_method = forms.ChoiceField(
        label=_("Asked for first"),
        required=False,
        help_text=_("With more than one method, customers are asked for this one and may choose another instead."),
    )
    allows_sign_up = forms.BooleanField(
        label=_("Customers may sign up"),
        required=False,
        initial=True,
        help_text=_("Without it, only people who already have an account can sign in."),
    )
    takes_user_names = forms.BooleanField(
        label=_("Customers may sign in with a user name"),
        required=False,
        help_text=_(
            "Instead of their address. They have one if you ask for it: add the attribute User name on the Attributes "
            "tab."
        ),
    )

    finished_url = ServiceText(
        label=_("When a finished sign-in is opened again"),
        required=False,
        help_text=_(
            "With the back button or in an old tab. Customers go to their application if it has a home page or is "
            "a website, or else to this address (https://…). If this is empty, a page says what happened."
        ),
    )

    asks_passkey = forms.ChoiceField(
        label=_("Creating a passkey"),
        required=False,
        initial=OFFER,
        choices=[(name, label) for name, (label, _hint) in WHO_MAKES_PASSKEYS.items()],
        widget=RadioCards(descriptions={name: hint for name, (_label, hint) in WHO_MAKES_PASSKEYS.items()}),
        help_text=_("For customers who have none, where passkeys are a sign-in method or a second factor."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, known = self.fields["methods"], methods_on_offer()
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(name, method.label) for name, method in known.items()]
        field.widget.descriptions = {name: method.hint for name, method in known.items()}
        first = self.fields["first_method"]
        assert isinstance(first, forms.ChoiceField)  # noqa: S101 - tells the type checker
        self.initial["first_method"] = self._kept_first
        unsaid = [] if self._kept_first in known else [("", _("The first of those ticked above"))]
        first.choices = [*unsaid, *field.choices]

    @property
    def _kept_first(self) -> str:
        """Which one customers have been asked for first so far; "" for a new flow."""
        return next(iter(self.initial.get("methods", [])), "")

    def clean_asks_passkey(self) -> str:
        """As it was, where nothing is said of it."""
        return str(self.cleaned_data["asks_passkey"] or self.initial.get("asks_passkey", OFFER))

    def clean_methods(self) -> tuple[str, ...]:
        """In the order of the table, unless the same ones stand in another that was chosen elsewhere."""
        chosen, kept = self.cleaned_data["methods"], self.initial.get("methods", [])
        if set(chosen) == set(kept):
            return tuple(kept)
        return tuple(name for name in methods_on_offer() if name in chosen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, chosen = cleaned.pop("first_method", ""), cleaned.get("methods", ())
        if first in chosen:
            cleaned["methods"] = (first, *(name for name in chosen if name != first))
        elif first and chosen and first != self._kept_first:
            self.add_error("first_method", _("It isn’t among those ticked above. Tick it, or choose another one."))
        return cleaned


class AskedAttributesForm(EditForm):
    """Which attributes customers are asked for when they sign up."""

    attributes = forms.MultipleChoiceField(
        label=_("Attributes to collect"),
        required=False,
        widget=CheckCards(),
        help_text=_("The email address is always asked for. The page layout says when and how each of these is."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = collectable_attributes()
        field = self.fields["attributes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(name, attribute.label) for name, attribute in known.items()]
        field.widget.descriptions = {name: _description(attribute) for name, attribute in known.items()}


class NewUserFlowForm(UserFlowForm, AskedAttributesForm):
    """All that a new flow needs, on one page."""

    field_order = [
        *(
            "name",
            "methods",
            "first_method",
            "asks_passkey",
            "allows_sign_up",
            "takes_user_names",
            "finished_url",
            "attributes",
        ),
    ]


class DuplicateForm(PortalForm):
    """What a copy of a flow is called."""

    name = ServiceText(label=_("Name"), help_text=_("For you and your colleagues; customers don’t see it."))


class CustomAttributeForm(PortalForm):
    """A new attribute of the tenant."""

    name = ServiceText(
        label=_("Name"),
        help_text=_("Letters, digits and underscores, such as loyaltyTier. It is the name in tokens, and final."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "class": "mono"}
        ),
    )
    data_type = forms.ChoiceField(
        label=_("Data type"),
        choices=CustomAttribute.DataType.choices,
        initial=CustomAttribute.DataType.STRING,
        widget=RadioCards(descriptions=DATA_TYPE_DESCRIPTIONS),
        help_text=_("Final as well."),
    )
    is_unique = forms.BooleanField(
        label=_("No two customers have the same"),
        required=False,
        help_text=_("Such as the number of a membership card. Final as well."),
    )
    description = ServiceText(label=_("Description"), required=False, help_text=FOR_COLLEAGUES)


class DescriptionForm(EditForm):
    """What can be changed about an attribute that exists."""

    description = ServiceText(label=_("Description"), required=False, help_text=FOR_COLLEAGUES)


def _description(attribute: CollectableAttribute) -> str:
    if not attribute.is_custom:
        return attribute.name
    words = [gettext("Custom, %(type)s") % {"type": attribute.data_type}, attribute.description]
    return " · ".join(word for word in words if word)
