"""Forms about the administrators of a tenant."""

from collections.abc import Sequence
from typing import Any

from django import forms

from frame.forms import EditForm, PortalForm, ServiceText
from frame.roles import WORDS, name_of
from frame.widgets import RadioCards
from tenants.policies import Role


def role_field(offered: Sequence[Role]) -> forms.ChoiceField:
    """A choice among these roles, each with what it is for."""
    purposes = {str(role): str(WORDS[role].purpose) for role in offered}
    choices = [(str(role), name_of(role)) for role in offered]
    return forms.ChoiceField(label="Role", choices=choices, widget=RadioCards(descriptions=purposes))


class InviteForm(PortalForm):
    """Whom to ask, and as what."""

    email = ServiceText(
        label="Email address",
        help_text="The invitation is for this address alone.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offered: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(offered)


class RoleForm(EditForm):
    """What an administrator is to the tenant."""

    def __init__(self, *args: Any, offered: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(offered)
