"""Forms about tenants."""

from functools import cache

from babel import Locale
from django import forms
from django_tenants.utils import schema_context

from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import domain_name_problem, normalise_domain_name

# CLDR lists these two-letter codes beside those of ISO 3166-1: parts of countries, unions, test and unknown regions.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())


@cache
def countries() -> list[tuple[str, str]]:
    """Countries and regions as (ISO 3166-1 code, English name), by name."""
    territories = Locale("en").territories
    named = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    return sorted((pair for pair in named if pair[0] not in _NOT_COUNTRIES), key=lambda pair: pair[1])


def _country_choices() -> list[tuple[str, str]]:
    return [("", "Not said"), *countries()]


class TenantForm(forms.Form):
    """The name and the country of a tenant."""

    name = forms.CharField(
        label="Name",
        max_length=256,
        error_messages={"required": "Enter a name."},
        help_text="Customers see it on sign-in pages and in mails, until you upload a logo.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label="Country or region",
        required=False,
        choices=_country_choices,
        help_text="A label for your own records. It doesn't move any data.",
    )


class NewTenantForm(TenantForm):
    """A tenant that doesn't exist yet: its domain as well."""

    slug = forms.CharField(
        label="Domain",
        max_length=26,
        error_messages={"required": "Enter a domain."},
        help_text="1 to 26 letters or digits. It is part of every address and can't be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["name", "slug", "country"]

    def clean_slug(self) -> str:
        slug = normalise_domain_name(self.cleaned_data["slug"])
        problem = domain_problem(slug)
        if problem:
            raise forms.ValidationError(problem)
        return slug


class ConfirmationForm(forms.Form):
    """The name of the thing that is about to go."""

    typed_name = forms.CharField(
        label="Name of the tenant",
        error_messages={"required": "Type the name to go on."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def domain_problem(slug: str) -> str:
    """Why a new tenant can't have this domain, as a sentence; empty if it can."""
    problem = domain_name_problem(slug)
    if problem:
        return problem
    with schema_context(PUBLIC):
        is_taken = Tenant.objects.filter(slug=slug).exists()
    return f"The domain “{slug}” is taken. Choose another one." if is_taken else ""
