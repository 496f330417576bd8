"""Forms of the portal's pages about user flows."""

from typing import Any

from django import forms

from accounts.models import CustomAttribute
from frame.forms import EditForm, PortalForm, ServiceText
from frame.widgets import CheckCards, RadioCards
from userflows.flows.collectable import CollectableAttribute, collectable_attributes
from userflows.models import UserFlow

METHOD_DESCRIPTIONS: dict[str, str] = {
    UserFlow.Method.PASSWORD: "Customers choose a password at sign-up. A code by mail verifies their address first.",
    UserFlow.Method.CODE: "No passwords: each sign-in is proved by a six-digit code sent to the customer’s address.",
    UserFlow.Method.BOTH: "Customers choose a password, and may sign in with a code by mail instead.",
}
DATA_TYPE_DESCRIPTIONS: dict[str, str] = {
    CustomAttribute.DataType.STRING: "A text of up to 250 characters: a text box, radio buttons or check boxes.",
    CustomAttribute.DataType.BOOLEAN: "Yes or no: one check box, such as consent to terms of use.",
    CustomAttribute.DataType.INT: "A whole number.",
}


FOR_COLLEAGUES = "What it is for. Customers don’t see it."


class UserFlowForm(EditForm):
    """The flow itself: what it is called, how customers prove who they are, and whether they may sign up."""

    name = ServiceText(help_text="For you and your colleagues; customers don’t see it.")
    method = forms.ChoiceField(
        label="Sign-in method",
        choices=UserFlow.Method.choices,
        initial=UserFlow.Method.PASSWORD,
        widget=RadioCards(descriptions=METHOD_DESCRIPTIONS),
    )
    allows_sign_up = forms.BooleanField(
        label="Customers may sign up",
        required=False,
        initial=True,
        help_text="Without it, only people who have an account already can sign in.",
    )


class AttributesForm(EditForm):
    """Which attributes customers are asked for when they sign up."""

    attributes = forms.MultipleChoiceField(
        label="Attributes to collect",
        required=False,
        widget=CheckCards(),
        help_text="Customers are asked for these once, when they sign up. The email address is always asked for.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = collectable_attributes()
        field = self.fields["attributes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(name, attribute.label) for name, attribute in known.items()]
        field.widget.descriptions = {name: _description(attribute) for name, attribute in known.items()}


class NewUserFlowForm(UserFlowForm, AttributesForm):
    """All that a new flow needs, on one page."""

    field_order = ["name", "method", "allows_sign_up", "attributes"]


class CustomAttributeForm(PortalForm):
    """A new attribute of the tenant."""

    name = ServiceText(
        help_text="Letters, digits and underscores, such as loyaltyTier. It is the name in tokens, and final.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "class": "mono"}
        ),
    )
    data_type = forms.ChoiceField(
        label="Data type",
        choices=CustomAttribute.DataType.choices,
        initial=CustomAttribute.DataType.STRING,
        widget=RadioCards(descriptions=DATA_TYPE_DESCRIPTIONS),
        help_text="Final as well.",
    )
    description = ServiceText(required=False, help_text=FOR_COLLEAGUES)


class DescriptionForm(EditForm):
    """What can be changed about an attribute that exists."""

    description = ServiceText(required=False, help_text=FOR_COLLEAGUES)


def _description(attribute: CollectableAttribute) -> str:
    if not attribute.is_custom:
        return attribute.name
    words = [f"Custom, {attribute.data_type}", attribute.description]
    return " · ".join(word for word in words if word)
