"""Carol and Dora at one browser of acme's, side by side."""

from typing import Any

from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account, Session
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer


def make_account(tenant: Tenant, name: str) -> Account:
    with tenant_context(tenant):
        return create_account(
            email=f"{name.lower()}@{tenant.slug}.example",
            password=PASSWORD,
            attributes={"givenName": name},
            email_verified=True,
        )


def add(customer: Customer, account: Account) -> None:
    """Sign in with a further account."""
    press(customer, account="another")
    customer.submit({"email": account.email})
    customer.submit({"password": PASSWORD})


def press(customer: Customer, **button: Any) -> Any:
    """A button of the page where accounts are chosen; `sign_out` stands for `sign-out`."""
    customer.path = "/accounts/"
    return customer.submit({name.replace("_", "-"): value for name, value in button.items()})


def people_on(customer: Customer) -> list[str]:
    """The addresses that the page offers to go on with, in their order."""
    customer.visit("/accounts/")
    return [person.account.email for person in (customer.page.context or {}).get("people", [])]


def sessions_of(tenant: Tenant, account: Account) -> int:
    with tenant_context(tenant):
        return Session.objects.of_account(account.pk).count()
