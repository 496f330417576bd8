"""Forms about the administrators of a tenant."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.services.accounts import MAX_REASON
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText
from portal_frame.roles import WORDS, name_of
from tenants.policies import AdministratorRole


def role_field(offered: Sequence[AdministratorRole]) -> forms.ChoiceField:
    """A choice among these roles, each with what it is for."""
    purposes = {str(role): str(WORDS[role].purpose) for role in offered}
    choices = [(str(role), name_of(role)) for role in offered]
    return forms.ChoiceField(label=_("Role"), choices=choices, widget=RadioCards(descriptions=purposes))


class _RoleChoice(forms.Form):
    """Has a role among those that whoever fills it in may give."""

    def __init__(self, *args: Any, offered: Sequence[AdministratorRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(offered)


class InviteForm(_RoleChoice, PortalForm):
    """Whom to ask, and as what."""

    email = ServiceText(
        label=_("Email address"),
        help_text=_("The invitation is for this address alone."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class RoleForm(_RoleChoice, EditForm):
    """What an administrator is to the tenant."""


class RemoveFactorsForm(PortalForm):
    """Why an administrator's second factors are taken away."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("How you made sure that it is they who ask. Operators see it in the log."),
    )
