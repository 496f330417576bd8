"""Forms about groups of customers."""

from django import forms

from bulk.actions.services import MOST_NAMED
from frame.forms import EditForm, PortalForm, ServiceText


class GroupForm(EditForm):
    """A group of customers."""

    name = ServiceText(help_text="Applications can get it in the claim groups.")
    description = ServiceText(required=False)


class AddressesForm(PortalForm):
    """Whom to put into a group, by many addresses at once."""

    addresses = forms.CharField(
        label="Email addresses",
        help_text=f"One on each line, {MOST_NAMED:,} at most. For more, import a file and choose the group there.",
        error_messages={"required": "Enter an email address."},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class MemberForm(PortalForm):
    """Whom to put into a group."""

    email = forms.CharField(
        label="Customer’s email address",
        max_length=254,
        error_messages={"required": "Enter an email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
