"""Forms about tenants."""

from functools import cache

from babel import Locale
from django import forms
from django_tenants.utils import schema_context

from frame.forms import EditForm, ServiceText
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import domain_name_problem, normalise_domain_name, tenant_name_problem

# CLDR lists these two-letter codes beside those of ISO 3166-1: parts of countries, unions, test and unknown regions.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())


@cache
def countries() -> list[tuple[str, str]]:
    """Countries and regions as (ISO 3166-1 code, English name), by name."""
    territories = Locale("en").territories
    named = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    return sorted((pair for pair in named if pair[0] not in _NOT_COUNTRIES), key=lambda pair: pair[1])


def _country_choices() -> list[tuple[str, str]]:
    return [("", "Not specified"), *countries()]


class TenantForm(EditForm):
    """The name and the country of a tenant."""

    name = ServiceText(
        label="Name",
        help_text="Customers see it on sign-in pages and in emails until you upload a logo.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label="Country or region",
        required=False,
        choices=_country_choices,
        help_text="A label for your own records. It doesn’t affect where data is stored.",
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        problem = tenant_name_problem(name)
        if problem:
            raise forms.ValidationError(problem)
        return name


class NewTenantForm(TenantForm):
    """A tenant that doesn't exist yet: its domain as well."""

    slug = ServiceText(
        label="Domain",
        help_text="1 to 26 letters or digits. It is part of every address and can't be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["name", "slug", "country"]

    def clean_slug(self) -> str:
        slug = normalise_domain_name(self.cleaned_data["slug"])
        problem = domain_problem(slug) if slug else "Enter a domain."
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
    return f"The domain “{slug}” is taken. Choose another one." if is_taken else ""
