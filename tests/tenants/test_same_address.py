"""One address in two tenants belongs to two customers, who never meet."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import delete_account
from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from tenants.models import Tenant
from tests.cast import PASSWORD, new_secret
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
AT_GLOBEX, LATER = "another fine password", "and yet another one"


def subject_of(customer: Customer, application: Application) -> str:
    """Who the customer is to an application."""
    with tenant_context(customer.tenant):
        party = RelyingParty(customer.browser, application, new_secret(application))
    return str(party.accepts(party.tokens()["id_token"], audience=party.client_id)["sub"])


def can_sign_in(tenant: Tenant, email: str, password: str) -> bool:
    customer = Customer(tenant)
    customer.sign_in(email, password)
    return customer.is_signed_in


def test_t32_what_happens_to_an_address_at_globex_leaves_it_alone_at_acme(
    acme: Tenant, globex: Tenant, carol: Account, bookshop: Application, gadgets: Application
) -> None:
    at_acme, at_globex = Customer(acme), Customer(globex)
    at_acme.sign_in(carol.email)
    # Signing up: nobody at globex is told that the address is known elsewhere.
    at_globex.sign_up_to_code(carol.email)
    at_globex.submit({"code": at_globex.code_from_mail(carol.email)})
    at_globex.submit({"password": AT_GLOBEX, "givenName": "Carol"})
    assert subject_of(at_globex, gadgets) != subject_of(at_acme, bookshop)
    # A new password.
    forgetful = Customer(globex)
    forgetful.visit("/sign-in/")
    forgetful.submit({"email": carol.email})
    forgetful.switch("reset")
    forgetful.submit({"email": carol.email})
    run_jobs()
    forgetful.submit({"code": forgetful.code_from_mail(carol.email)})
    forgetful.submit({"password": LATER})
    assert forgetful.is_signed_in
    assert not can_sign_in(acme, carol.email, LATER)
    # The end.
    with tenant_context(globex):
        delete_account(Account.objects.with_email(carol.email).get(), actor=Actor.command())
    assert not forgetful.is_signed_in
    assert at_acme.is_signed_in
    assert can_sign_in(acme, carol.email, PASSWORD)
