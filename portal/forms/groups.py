"""Forms about groups of customers."""

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bulk.actions.services import MOST_NAMED
from portal_frame.forms import EditForm, PortalForm, ServiceText


class GroupForm(EditForm):
    """A group of customers."""

    name = ServiceText(label=_("Name"), help_text=_("Applications can get it in the claim groups."))
    description = ServiceText(label=_("Description"), required=False)


class AddressesForm(PortalForm):
    """Whom to put into a group, by many addresses at once."""

    addresses = forms.CharField(
        label=_("Email addresses"),
        help_text=format_lazy(
            _("One on each line, {most} at most. For more, import a file and choose the group there."),
            most=lazy(intcomma, str)(MOST_NAMED),
        ),
        error_messages={"required": _("Enter an email address.")},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class MemberForm(PortalForm):
    """Whom to put into a group."""

    email = forms.CharField(
        label=_("Customer’s email address"),
        max_length=254,
        error_messages={"required": _("Enter an email address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
