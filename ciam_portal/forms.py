"""Forms about tenants."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django_tenants.utils import schema_context

from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import domain_name_problem, normalise_domain_name
from tenants.portal_pages import EditForm

# CLDR lists these two-letter codes beside those of ISO 3166-1: parts of countries, unions, test and unknown regions.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
MINUTES_IN = [("1", "minutes"), ("60", "hours"), ("1440", "days")]


@cache
def countries() -> list[tuple[str, str]]:
    """Countries and regions as (ISO 3166-1 code, English name), by name."""
    territories = Locale("en").territories
    named = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    return sorted((pair for pair in named if pair[0] not in _NOT_COUNTRIES), key=lambda pair: pair[1])


def _country_choices() -> list[tuple[str, str]]:
    return [("", "Not said"), *countries()]


class TenantForm(EditForm):
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


class SessionRulesForm(EditForm):
    """How long people stay signed in. Cleans to what `accounts.services.set_session_rules` takes."""

    idle_amount = forms.IntegerField(label="Sign out after inactivity of", min_value=1, max_value=99_999)
    idle_unit = forms.ChoiceField(label="Unit", choices=MINUTES_IN)
    lifetime_amount = forms.IntegerField(label="Sign out at the latest after", min_value=1, max_value=99_999)
    lifetime_unit = forms.ChoiceField(label="Unit", choices=MINUTES_IN)
    offers_stay = forms.BooleanField(
        label="Offer to stay signed in",
        required=False,
        help_text="People who tick “Stay signed in” find themselves signed in after closing the browser, too.",
    )
    stay_days = forms.IntegerField(label="Those who stay are signed out after", min_value=1, max_value=9999)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("idle", "lifetime"):
            amount, unit = cleaned.pop(f"{name}_amount", None), cleaned.pop(f"{name}_unit", None)
            if amount and unit:
                cleaned[f"{name}_minutes"] = amount * int(unit)
        return cleaned


def domain_problem(slug: str) -> str:
    """Why a new tenant can't have this domain, as a sentence; empty if it can."""
    problem = domain_name_problem(slug)
    if problem:
        return problem
    with schema_context(PUBLIC):
        is_taken = Tenant.objects.filter(slug=slug).exists()
    return f"The domain “{slug}” is taken. Choose another one." if is_taken else ""


class GroupForm(EditForm):
    """A group of customers."""

    name = forms.CharField(
        max_length=120,
        error_messages={"required": "Enter a name."},
        help_text="Applications may be told it in the claim groups.",
    )
    description = forms.CharField(max_length=500, required=False)


class MemberForm(forms.Form):
    """Whom to put into a group."""

    email = forms.CharField(
        label="Customer’s email address",
        max_length=254,
        error_messages={"required": "Enter an email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
