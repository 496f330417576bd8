from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.models.application import ApplicationQuerySet
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import PortalForm
from userflows.models import UserFlow


class AssignmentForm(PortalForm):
    """Applications that shall use a flow instead of the one they have."""

    applications = forms.ModelMultipleChoiceField(
        label=_("Let more applications use this flow"),
        queryset=Application.objects.none(),
        widget=CheckCards(),
        help_text=_("An application has exactly one user flow: this one takes the place of the one it has now."),
        error_messages={"required": _("Tick at least one application.")},
    )

    def __init__(self, *args: Any, flow: UserFlow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Application.objects.exclude(kind=Application.Kind.SERVICE).exclude(user_flow=flow)
        offered = _offer(self, others.select_related("user_flow"))
        descriptions = {str(other.pk): _("Uses %(flow)s now") % {"flow": other.user_flow} for other in offered}
        self.fields["applications"].widget.descriptions = descriptions


class ReplacementForm(PortalForm):
    """What a flow takes over from another one: of its applications, and that it is the default one, if it is."""

    applications = forms.ModelMultipleChoiceField(
        label=_("Applications"),
        queryset=Application.objects.none(),
        widget=CheckCards(),
        required=False,
        help_text=_("Those without a check mark continue as before."),
    )
    moves_default = forms.BooleanField(
        label=_("Make it the default user flow, too"),
        required=False,
        help_text=_("New applications use it, and so do customers who sign in without an application."),
    )
    never_optional = ("applications",)

    def __init__(self, data: QueryDict | None = None, *, instead_of: UserFlow) -> None:
        super().__init__(data, initial={"moves_default": True})
        used = _offer(self, Application.objects.filter(user_flow=instead_of))
        self.initial["applications"] = used
        if not used:
            del self.fields["applications"]
        if not instead_of.is_default:
            del self.fields["moves_default"]


def _offer(form: PortalForm, applications: ApplicationQuerySet) -> list[Application]:
    """Let these be chosen from, told apart; returns them, read once."""
    field = form.fields["applications"]
    assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells the type checker
    field.queryset = applications.told_apart()
    offered = list(field.queryset)
    field.widget.choices = [(str(each.pk), each.label) for each in offered]
    return offered
