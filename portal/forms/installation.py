"""Forms about the installation: how much tenants may have."""

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
            some = _("Empty: %(most)s, as for all.") % {"most": intcomma(most or 0)}
            self.fields[name].help_text = some if most else _("Empty: no limit, as for all.")


class TenantToLimitForm(PortalForm):
    """Which tenant is to have limits of its own."""

    domain = ServiceText(
        label=gettext_lazy("Tenant’s domain"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
