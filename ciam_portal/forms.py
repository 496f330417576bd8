"""Forms about tenants."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django_tenants.utils import schema_context

from accounts.sessions.policies import (
    LONGEST_LIFETIME_MINUTES,
    LONGEST_STAY_DAYS,
    SHORTEST_IDLE_MINUTES,
    session_settings_problems,
)
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import domain_name_problem, normalise_domain_name, tenant_name_problem
from tenants.portal_pages import EditForm, PortalForm, ServiceText

# CLDR lists these two-letter codes beside those of ISO 3166-1: parts of countries, unions, test and unknown regions.
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
FIELD_OF = {"idle_minutes": "idle_amount", "lifetime_minutes": "lifetime_amount"}
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

    name = ServiceText(
        label="Name",
        help_text="Customers see it on sign-in pages and in mails, until you upload a logo.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(
        label="Country or region",
        required=False,
        choices=_country_choices,
        help_text="A label for your own records. It doesn't move any data.",
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


class SessionRulesForm(EditForm):
    """How long people stay signed in. Cleans to what `accounts.sessions.services.set_session_rules` takes."""

    idle_amount = forms.IntegerField(label="Sign out after inactivity of")
    idle_unit = forms.ChoiceField(label="Unit", choices=MINUTES_IN)
    lifetime_amount = forms.IntegerField(label="Sign out at the latest after")
    lifetime_unit = forms.ChoiceField(label="Unit", choices=MINUTES_IN)
    offers_stay = forms.BooleanField(
        label="Offer to stay signed in",
        required=False,
        help_text="People who tick “Stay signed in” find themselves signed in after closing the browser, too.",
    )
    stay_days = forms.IntegerField(
        label="Those who stay are signed out after", help_text=f"1 to {LONGEST_STAY_DAYS} days."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("idle", "lifetime"):
            amount, unit = cleaned.pop(f"{name}_amount", None), cleaned.pop(f"{name}_unit", None)
            if amount is not None and unit:
                cleaned[f"{name}_minutes"] = amount * int(unit)
        self._judge_together(cleaned)
        return cleaned

    def _judge_together(self, cleaned: dict[str, Any]) -> None:
        """Say what doesn't fit along with what can't be read, in whose place stands what fits with anything."""
        times = {"idle_minutes": SHORTEST_IDLE_MINUTES, "lifetime_minutes": LONGEST_LIFETIME_MINUTES, "stay_days": 1}
        times |= {name: cleaned[name] for name in times if name in cleaned}
        for name, problem in session_settings_problems(**times).items():
            self.add_error(FIELD_OF.get(name, name), problem)


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

    name = ServiceText(help_text="Applications may be told it in the claim groups.")
    description = ServiceText(required=False)


class MemberForm(PortalForm):
    """Whom to put into a group."""

    email = forms.CharField(
        label="Customer’s email address",
        max_length=254,
        error_messages={"required": "Enter an email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
