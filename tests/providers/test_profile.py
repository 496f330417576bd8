"""What customers see of the providers they sign in by, and how they connect and remove one."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.models import Event
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.cast import grow_old
from tests.providers.conftest import COMMAND, come_back, offer, press
from tests.providers.elsewhere import ISSUER, Elsewhere
from tests.providers.people import CAROL, NINA, linked_with
from tests.userflows.customer import PASSWORD, Customer, mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.worker import run_jobs
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db


def connect(customer: Customer, provider: IdentityProvider, server: Elsewhere) -> None:
    """Press the button on the profile, and come back."""
    response = customer.browser.post("/profile/providers/connect/", {"provider": provider.pk})
    assert response["Location"].startswith(f"{ISSUER}/authorize?")
    customer.visit(server.sign_in(response["Location"]))


def test_a_provider_is_connected_by_whoever_shows_that_it_is_they(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    customer.sign_in("carol@acme.example")
    assert "Not connected" in customer.visit("/profile/").content.decode()
    # The address there is another one; whose account it is, she shows here.
    elsewhere.person = {"sub": "carol", "email": "private@new.example", "email_verified": False}
    connect(customer, provider, elsewhere)
    assert "Confirm it's you, and you can sign in with" in customer.text
    assert linked_with(acme) == []

    customer.submit({"password": PASSWORD})

    assert "Connected." in customer.text
    assert "private@new.example" in customer.text
    assert linked_with(acme) == [("carol@acme.example", "carol")]
    run_jobs()
    with tenant_context(acme):
        assert mails_to("carol@acme.example")[0].subject == "You can now sign in to Acme with Elsewhere"


def test_a26_eve_with_the_password_connects_nothing_with_an_account_that_has_a_passkey(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    customer.sign_in("carol@acme.example")
    with tenant_context(acme):
        account = Account.objects.with_email("carol@acme.example").get()
    with_passkey(acme, account, Authenticator())
    elsewhere.person = {"sub": "eve"}
    connect(customer, provider, elsewhere)

    customer.submit({"password": PASSWORD})

    assert customer.path.endswith("/passkey-check/")
    assert linked_with(acme) == []


def test_a21_who_came_for_one_account_is_never_linked_with_another(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Eve connects something at Carol's unlocked browser, with nothing to prove that it is she; Nina comes by later."""
    with tenant_context(acme):
        create_account(email="nina@new.example", password=PASSWORD, email_verified=True, actor=COMMAND)
    customer.sign_in("carol@acme.example")
    elsewhere.person = {"sub": "eve"}
    connect(customer, provider, elsewhere)
    customer.submit({"email": "nina@new.example"}, to="address")
    customer.submit({"password": PASSWORD})

    assert "nina@new.example" in customer.visit("/profile/").content.decode()
    assert linked_with(acme) == []


def test_it_is_removed_by_whoever_has_just_signed_in_and_the_owner_is_told(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = CAROL
    come_back(customer, provider, elsewhere)
    customer.submit({"password": PASSWORD})
    removal = customer.visit("/profile/").content.decode().split("/remove/")[0].rpartition("/t/acme")[2] + "/remove/"
    with tenant_context(acme):
        account = Account.objects.with_email("carol@acme.example").get()
    grow_old(account, home=acme, seconds=301)
    customer.visit(removal)
    assert "Confirm it's you" in customer.text

    customer.submit({"password": PASSWORD})
    assert "Remove <bdi>Elsewhere</bdi>?" in customer.text
    eve = Customer(acme)
    elsewhere.person = NINA
    come_back(eve, provider, elsewhere)
    eve.submit({"givenName": "Nina", "surname": ""})
    eve.visit(removal)
    assert eve.page.status_code == 404, "it is somebody else's"
    customer.submit({})

    assert "Removed." in customer.text
    assert linked_with(acme) == [("nina@new.example", "nina")]
    run_jobs()
    with tenant_context(acme):
        assert mails_to("carol@acme.example")[0].subject == "You can no longer sign in to Acme with Elsewhere"
        assert Event.objects.get(action="customer.provider_unlinked").details["provider"] == "Elsewhere"


def test_who_has_no_password_confirms_by_the_provider_and_is_asked_for_none(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": ""})
    with tenant_context(acme):
        nina = Account.objects.with_email("nina@new.example").get()
    grow_old(nina, home=acme, seconds=301)

    customer.visit("/profile/email/")
    assert "Confirm it's you" in customer.text
    assert 'type="password"' not in customer.text
    customer.visit(elsewhere.sign_in(press(customer, provider)))
    assert customer.path.startswith("/t/acme/profile/email/?from=")


def test_the_last_way_in_stays(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": ""})
    removal = customer.visit("/profile/").content.decode().split("/remove/")[0].rpartition("/t/acme")[2] + "/remove/"
    customer.visit(removal)
    assert "You sign in with <bdi>Elsewhere</bdi> alone" in customer.text

    customer.submit({})

    assert customer.page.status_code == 409
    assert linked_with(acme) == [("nina@new.example", "nina")]
