"""Nora, who signs up at acme."""

from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.userflows.customer import Customer

NEW = "nora@acme.example"


def at_the_details(acme: Tenant, *, language: str = "") -> Customer:
    """Where she says what the flow asks for, her address proved."""
    customer = Customer(acme)
    if language:
        customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    return customer


def nora(acme: Tenant) -> Account:
    """Her account."""
    with tenant_context(acme):
        return Account.objects.with_email(NEW).get()
