"""What customers, groups and services can be to an application."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Group
from portal_frame.forms import EditForm, PortalForm, ServiceText


class RoleForm(EditForm):
    """A role that exists: everything but its value."""

    display_name = ServiceText(label=_("Display name"), help_text=_("Such as “Editor”."))
    description = ServiceText(label=_("Description"), required=False)
    for_customers = forms.BooleanField(label=_("For customers and groups"), required=False, initial=True)
    for_services = forms.BooleanField(
        label=_("For services"),
        required=False,
        help_text=_("Assigned on the service’s own Permissions tab, if this application is an API."),
    )
    is_enabled = forms.BooleanField(
        label=_("In use"), required=False, initial=True, help_text=_("A role that isn’t in use appears in no token.")
    )


class NewRoleForm(RoleForm):
    """A role that doesn't exist yet: its value as well."""

    value = ServiceText(
        label=_("Value in tokens"),
        help_text=_("As it appears in the claim roles, such as editor. It can’t be changed later."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("is_enabled")
        self.order_fields(["value"])


class AssignForm(PortalForm):
    """To whom a role is given: a customer, or everybody in a group."""

    never_optional = ("email", "group")

    email = forms.CharField(
        label=_("Customer’s email address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("Or a group"), required=False, empty_label=_("No group")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields["group"]
        groups.queryset = Group.objects.all()
        if not groups.queryset.exists():
            self.fields.pop("group")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("email")) == bool(cleaned.get("group")):
            self.add_error("email", _("Enter a customer’s email address or choose a group, not both."))
        return cleaned
