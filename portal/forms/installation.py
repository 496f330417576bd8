"""Forms about the installation: how much tenants may have."""

from typing import Any

from django import forms

from frame.forms import EditForm, PortalForm, ServiceText
from tenants.limits import ADMINISTRATORS, APPLICATIONS, DOMAINS, MOST, NAMES


class _OptionalNumber(forms.IntegerField):
    def __init__(self, name: str) -> None:
        super().__init__(label=NAMES[name], required=False, min_value=1, max_value=MOST)


class LimitsForm(EditForm):
    """The most of each kind; an empty field is no limit. Cleans to the fields of `tenants.limits.Limits`."""

    applications = _OptionalNumber(APPLICATIONS)
    administrators = _OptionalNumber(ADMINISTRATORS)
    domains = _OptionalNumber(DOMAINS)

    def __init__(self, *args: Any, usual: dict[str, int | None] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in (usual or {}).items():
            self.fields[name].help_text = f"Empty: {most:,}, as for all." if most else "Empty: no limit, as for all."


class TenantToLimitForm(PortalForm):
    """Which tenant is to have limits of its own."""

    domain = ServiceText(
        label="Tenant’s domain", widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})
    )
