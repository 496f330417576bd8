"""Customers who come to see a brand."""

from applications.models import Application
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import challenge_of
from tests.userflows.customer import Customer


def sent_by(tenant: Tenant, application: Application, browser: Browser | None = None) -> Customer:
    """A customer whom the application has sent to sign in."""
    customer = Customer(tenant, browser)
    challenge = f"code_challenge={challenge_of('v' * 43)}&code_challenge_method=S256"
    redirect_uri = application.redirect_uri_list[0]
    asked = f"client_id={application.client_id}&redirect_uri={redirect_uri}&response_type=code&scope=openid&{challenge}"
    customer.visit(f"/oidc/authorize?{asked}")
    return customer
