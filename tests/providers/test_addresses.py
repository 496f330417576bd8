"""Where a provider sends customers back to: the address of the tenant that they came by, whose cookies they have."""

import pytest
from django.test import override_settings
from django_tenants.utils import schema_context, tenant_context

from providers.models import IdentityProvider
from tenants.lookup import PUBLIC, url_at, urls_of
from tenants.models import Domain, Tenant
from tests.providers.conftest import press
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import NINA
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db
OWN = "auth.acme.example"
BY_HOST = override_settings(
    CIAM_TENANT_ADDRESSING="host",
    CIAM_BASE_URL="https://login.example",
    BASE_HOST="login.example",
    ALLOWED_HOSTS=[".login.example"],
)


def at_host(acme: Tenant, host: str) -> Customer:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_HOST"] = host
    return customer


def hold(acme: Tenant, domain: str) -> None:
    with schema_context(PUBLIC):
        Domain.objects.bulk_create([Domain(domain=domain, tenant=acme)])


@BY_HOST
@pytest.mark.parametrize("host", ["acme.login.example", OWN])
def test_it_is_the_host_that_the_customer_came_by(
    host: str, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    hold(acme, OWN)
    customer = at_host(acme, host)
    customer.visit("/sign-in/")
    elsewhere.person = NINA
    back = elsewhere.sign_in(press(customer, provider))
    assert elsewhere.asked["redirect_uri"] == f"https://{host}/providers/{provider.pk}/callback"
    customer.visit(back)

    assert "Complete your account" in customer.text
    assert (
        next(call for call in elsewhere.calls if call[0] == "token")[1]["redirect_uri"]
        == elsewhere.asked["redirect_uri"]
    )


@BY_HOST
def test_all_addresses_are_shown_and_no_other_comes_out(acme: Tenant, globex: Tenant) -> None:
    hold(acme, OWN)
    with tenant_context(acme):
        assert urls_of(acme) == ["https://acme.login.example", f"https://{OWN}"]
        assert url_at(f"{OWN.upper()}.:443", acme) == f"https://{OWN}"
        for foreign in ("evil.example", "globex.login.example", "acme.login.example.evil.example", "[::1]", ""):
            assert url_at(foreign, acme) == "https://acme.login.example"
        assert url_at(OWN, globex) == "https://globex.login.example"
