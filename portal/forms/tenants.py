"""Forms about tenants."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from common.text.countries import country_choices
from common.text.texts import name_problem
from common.text.time_zones import UTC, time_zone_choices
from portal_frame.forms import EditForm, ServiceText
from tenants.errors import DomainTaken
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import MAX_NAME_LENGTH, domain_name_problem, normalise_domain_name


class TenantForm(EditForm):
    """Name, country and time zone of a tenant."""

    never_optional = ("time_zone",)

    name = ServiceText(
        label=_("Name"),
        help_text=_("Customers see it on sign-in pages and in emails until you upload a logo."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label=_("Country or region"),
        required=False,
        help_text=_("A label for your own records. It doesn’t affect where data is stored."),
    )

    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Where the days of this tenant’s figures begin.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept, language = self.initial.get("country", ""), get_language() or ""
        self._offer("country", country_choices(gettext("Not specified"), kept=kept, language=language))
        if "time_zone" in self.fields:
            self._offer("time_zone", time_zone_choices(kept=self.initial.get("time_zone", UTC)))

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = choices

    def clean_time_zone(self) -> str:
        """Without one, the one that is kept."""
        chosen: str = self.cleaned_data["time_zone"] or self.initial.get("time_zone", UTC)
        return chosen

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        problem = name_problem(name, longest=MAX_NAME_LENGTH)
        if problem and name != self.initial.get("name"):
            raise forms.ValidationError(problem)
        return name


class NewTenantForm(TenantForm):
    """A tenant that doesn't exist yet: its domain as well."""

    slug = ServiceText(
        label=_("Domain"),
        help_text=_("1 to 26 letters or digits. It is part of every address and can’t be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    # It begins with UTC, and is chosen once there are figures.
    time_zone = None  # type: ignore[assignment]
    field_order = ["name", "slug", "country"]

    def clean_slug(self) -> str:
        slug = normalise_domain_name(self.cleaned_data["slug"])
        problem = domain_problem(slug) if slug else gettext("Enter a domain.")
        if problem:
            raise forms.ValidationError(problem)
        return slug


def domain_problem(slug: str) -> str:
    """Why a new tenant can't have this domain, as a sentence; empty if it can."""
    problem = domain_name_problem(slug)
    if problem:
        return problem
    with schema_context(PUBLIC):
        is_taken = Tenant.objects.filter(slug=slug).exists()
    return str(DomainTaken(slug)) if is_taken else ""
