"""Forms about the installation: how much tenants may have."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal_frame.forms import EditForm, PortalForm, ServiceText
from tenants.limits import ADMINISTRATORS, APPLICATIONS, CUSTOMERS, DOMAINS, MOST, NAMES, Limits


class _OptionalNumber(forms.IntegerField):
    def __init__(self, name: str) -> None:
        super().__init__(label=NAMES[name], required=False, min_value=0, max_value=MOST)


class LimitsForm(EditForm):
    """The most of each kind that every tenant may have; an empty field is no limit, and so is 0."""

    customers = _OptionalNumber(CUSTOMERS)
    applications = _OptionalNumber(APPLICATIONS)
    administrators = _OptionalNumber(ADMINISTRATORS)
    domains = _OptionalNumber(DOMAINS)

    @property
    def limits(self) -> Limits:
        """What was chosen."""
        return Limits(**{name: most or None for name, most in self.cleaned_data.items()})


class OwnLimitsForm(LimitsForm):
    """The most of each kind that one tenant may have. What is left empty is as for all (`usual`), and 0 is no limit."""

    def __init__(
        self, *args: Any, own: Mapping[str, int | None], usual: Mapping[str, int | None], **kwargs: Any
    ) -> None:
        kept = {name: own[name] or 0 if name in own else None for name in usual}
        super().__init__(*args, kept=kept, **kwargs)
        for name, most in usual.items():
            some = _("Empty: %(most)s, as for all. 0: no limit.") % {"most": intcomma(most or 0)}
            self.fields[name].help_text = some if most else _("Empty: no limit, as for all. 0: no limit.")

    @property
    def own(self) -> dict[str, int | None]:
        """What was chosen for this tenant."""
        return {name: most or None for name, most in self.cleaned_data.items() if most is not None}


class TenantToLimitForm(PortalForm):
    """Which tenant is to have limits of its own."""

    domain = ServiceText(
        label=gettext_lazy("Tenant’s domain"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
