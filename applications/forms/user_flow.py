from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.lookup.listing import labels_of
from applications.models import Application
from frame.forms import PortalForm
from frame.widgets import CheckCards
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
        field = self.fields["applications"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = others.select_related("user_flow")
        labels = labels_of(field.queryset)
        field.label_from_instance = lambda obj: labels[obj.client_id]  # type: ignore[method-assign]
        field.widget.descriptions = {
            str(other.pk): _("Uses %(flow)s now") % {"flow": other.user_flow} for other in field.queryset
        }
