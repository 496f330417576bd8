"""Forms about groups of customers."""

from django import forms

from frame.forms import EditForm, PortalForm, ServiceText


class GroupForm(EditForm):
    """A group of customers."""

    name = ServiceText(help_text="Applications can get it in the claim groups.")
    description = ServiceText(required=False)


class MemberForm(PortalForm):
    """Whom to put into a group."""

    email = forms.CharField(
        label="Customer’s email address",
        max_length=254,
        error_messages={"required": "Enter an email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
