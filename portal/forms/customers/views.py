"""The form about a saved view."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.forms import PortalForm, ServiceText


class SavedViewForm(PortalForm):
    """What a view is called, and who sees it."""

    name = ServiceText(label=_("Name"), help_text=_("It appears above the list."))
    is_shared = forms.BooleanField(
        label=_("Share with everyone who manages this tenant"),
        required=False,
        help_text=_("Names and addresses stay out of a shared view unless they are in its filters."),
    )
