"""What the installation of a release holds, written down on the day of the release."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from branding.services import add_language
from tests import database
from tests.cast import found_cast, new_secret, tenant_named
from tests.oidc.relying_party import RelyingParty
from tests.releases.installation import SESSION_COOKIE, record_installation
from tests.userflows.customer import Customer

COMMAND = Actor.command()


@pytest.mark.django_db(transaction=True)
def test_a_day_of_the_cast(request: pytest.FixtureRequest) -> None:
    """It is written down on request only."""
    release = request.config.getoption("--record-release")
    if release:
        # Tenants of their own: those of the template have roles that other runs use.
        database.start_empty()
        found_cast()
    acme = tenant_named("acme")
    with tenant_context(acme):
        carol, bookshop = Account.objects.get(email="carol@acme.example"), Application.objects.get(name="Bookshop")
        secret = new_secret(bookshop)
        add_language(locale="de", actor=COMMAND)
        add_to_group(create_group(name="Wholesale", actor=COMMAND), account=carol, actor=COMMAND)
    customer = Customer(acme)
    customer.sign_in(carol.email)
    shop = RelyingParty(customer.browser, bookshop, secret)
    first = shop.tokens()["refresh_token"]
    held = {
        "bookshop_secret": secret,
        "carol_session": customer.browser.cookies[SESSION_COOKIE].value,
        "refresh_token": shop.refresh(first).json()["refresh_token"],
    }
    assert all(held.values())
    if release:
        record_installation(release, held=held)
