"""The form about a saved view."""

from django import forms

from frame.forms import PortalForm, ServiceText


class SavedViewForm(PortalForm):
    """What a view is called, and who sees it."""

    name = ServiceText(help_text="It stands above the list.")
    is_shared = forms.BooleanField(
        label="Share with everybody who manages this tenant",
        required=False,
        help_text="Names and addresses stay out of a shared view unless they are in its filters.",
    )
