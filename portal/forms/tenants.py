"""Forms about tenants."""

from typing import Any

from django import forms
from django_tenants.utils import schema_context

from common.text.countries import country_choices
from common.text.texts import name_problem
from frame.forms import EditForm, ServiceText
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import MAX_NAME_LENGTH, domain_name_problem, normalise_domain_name


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
        help_text="A label for your own records. It doesn’t affect where data is stored.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = country_choices("Not specified", kept=self.initial.get("country", ""))

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        problem = name_problem(name, longest=MAX_NAME_LENGTH)
        if problem and name != self.initial.get("name"):
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
