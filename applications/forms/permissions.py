"""What an application may ask of APIs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.lookup.listing import with_application
from applications.models import ApiScope, Application, AppRole
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import EditForm, PortalForm


class PermissionsForm(EditForm):
    """Which scopes and roles of the tenant's APIs the application may have."""

    scopes = forms.ModelMultipleChoiceField(
        ApiScope.objects.none(), label=_("Scopes"), required=False, widget=CheckCards()
    )
    roles = forms.ModelMultipleChoiceField(
        AppRole.objects.none(), label=_("Roles when it acts for itself"), required=False, widget=CheckCards()
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if application.calls_for_customers:
            scopes = ApiScope.objects.exclude(application__identifier_uri="")
            self._offer("scopes", scopes.order_by("application__name", "application_id", "name"), "full_name")
        else:
            self.fields.pop("scopes")
        if "client_credentials" in application.grant_types:
            roles = AppRole.objects.filter(for_services=True).exclude(application__identifier_uri="")
            self._offer("roles", roles.order_by("application__name", "application_id", "value"), "value")
        else:
            self.fields.pop("roles")

    def values(self) -> dict[str, Any]:
        """What was ticked, by the fields of a description."""
        return {
            f"permitted_{name}": tuple(row.pk for row in self.cleaned_data.get(name, ()))
            for name in ("scopes", "roles")
        }

    @property
    def offers_anything(self) -> bool:
        """Whether there is anything to choose."""
        return any(field.queryset.exists() for field in self.fields.values() if hasattr(field, "queryset"))

    def _offer(self, name: str, rows: Any, wire_name: str) -> None:
        field: Any = self.fields[name]
        field.queryset = rows = with_application(rows)
        field.label_from_instance = lambda row: f"{row.application.label}: {row.display_name}"
        field.widget.descriptions = {
            str(row.pk): getattr(row, wire_name)
            if row.is_enabled
            else _("%(name)s · not in use") % {"name": getattr(row, wire_name)}
            for row in rows
        }


class ConsentForm(PortalForm):
    """Whether customers are asked."""

    asks = forms.BooleanField(
        label=_("Ask each customer"),
        required=False,
        help_text=_(
            "Before the application gets what isn’t granted for all of them. Switched off, customers aren’t "
            "asked anything: right for the tenant’s own applications."
        ),
    )
