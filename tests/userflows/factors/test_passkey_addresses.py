"""At which of a tenant's addresses a passkey works: the host where it was made, and those that are related."""

import json
from datetime import datetime

import pytest
from django.test import override_settings
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, Passkey
from common.database.caches import forget_everything
from tenants.lookup import PUBLIC
from tenants.models import Domain, DomainClaim, Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.userflows.factors.authenticator import Authenticator, asked_on, makes, shows
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
OWN, BY_DEFAULT = "auth.acme.example", "acme.login.example"
BY_HOST = override_settings(
    CIAM_TENANT_ADDRESSING="host",
    CIAM_BASE_URL="https://login.example",
    BASE_HOST="login.example",
    ALLOWED_HOSTS=[".login.example"],
)


@pytest.fixture
def own_domain(acme: Tenant) -> None:
    """Acme has a domain of its own, and its flow passwords and passkeys."""
    with schema_context(PUBLIC):
        Domain.objects.bulk_create([Domain(domain=OWN, tenant=acme)])
    with tenant_context(acme):
        UserFlow.objects.filter(is_default=True).update(methods=["password", "passkey"])
    forget_everything()


def at_host(acme: Tenant, host: str) -> Customer:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_HOST"] = host
    customer.visit("/sign-in/")
    return customer


@BY_HOST
@pytest.mark.parametrize(("host", "other"), [(BY_DEFAULT, OWN), (OWN, BY_DEFAULT)])
def test_a37_a_key_is_good_at_the_host_where_it_was_made(
    acme: Tenant, own_domain: None, carol: Account, host: str, other: str
) -> None:
    laptop, customer = Authenticator(origin=f"https://{host}"), at_host(acme, host)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    makes(customer, laptop)
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Passkey.objects.get().rp_id == host
    again = at_host(acme, host)
    options, _token = asked_on(again.text)
    assert options["rpId"] == host
    shows(again, laptop, to="passkey")
    assert again.is_signed_in
    # Somewhere between the two, with the key itself in hand.
    laptop.keys[other] = laptop.keys[host]
    for origin in (f"https://{host}", f"https://{other}"):
        laptop.origin, eve = origin, at_host(acme, other)
        assert shows(eve, laptop, to="passkey").status_code == 400
        assert not eve.is_signed_in


@BY_HOST
def test_a_customer_at_a_new_domain_is_told_where_their_key_works_and_makes_another(
    acme: Tenant, own_domain: None, carol: Account
) -> None:
    for host in (BY_DEFAULT, OWN):
        customer = at_host(acme, host)
        customer.submit({"email": carol.email})
        customer.submit({"password": PASSWORD})
        if host == BY_DEFAULT:
            makes(customer, Authenticator(origin=f"https://{host}"))
    assert customer.is_signed_in  # and wasn't offered to add one by the password alone
    assert f'Works at <bdi dir="ltr">{BY_DEFAULT}</bdi>' in customer.visit("/profile/passkeys/").content.decode()
    customer.visit("/profile/passkeys/add/")
    customer.submit({"password": PASSWORD})
    assert f'work only there: <bdi dir="ltr">{BY_DEFAULT}</bdi>' in " ".join(customer.text.split())
    assert "Email me a code instead" in customer.text


def related(acme: Tenant, **failing: datetime) -> None:
    """The domain was found right, so that it leads here for good; or isn't right any more."""
    with schema_context(PUBLIC):
        DomainClaim.objects.update_or_create(tenant=acme, domain=OWN, defaults={"state": "live", **failing})


@BY_HOST
def test_hosts_that_lead_here_are_related_and_a_key_of_one_confirms_at_the_other(
    acme: Tenant, own_domain: None, carol: Account
) -> None:
    laptop = Authenticator(origin=f"https://{BY_DEFAULT}")
    customer = at_host(acme, BY_DEFAULT)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    makes(customer, laptop)
    with tenant_context(acme):
        UserFlow.objects.filter(is_default=True).update(second_factor="always")
    forget_everything()
    assert not confirms_at_own(acme, carol, laptop)
    assert at_host(acme, OWN).visit("/.well-known/webauthn").status_code == 404
    related(acme)
    told = at_host(acme, BY_DEFAULT).visit("/.well-known/webauthn")
    assert json.loads(told.content) == {"origins": [f"https://{BY_DEFAULT}", f"https://{OWN}"]}
    assert confirms_at_own(acme, carol, laptop)


def confirms_at_own(acme: Tenant, carol: Account, laptop: Authenticator) -> bool:
    """Whether a browser at the new domain asks for the key of the other one, and lets in by it."""
    customer = at_host(acme, OWN)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    if "and work only there" in customer.text:
        return False
    options, _token = asked_on(customer.text)
    assert options["rpId"] == BY_DEFAULT
    # For whose browser knows nothing of related origins.
    assert f'Works at <bdi dir="ltr">{BY_DEFAULT}</bdi>' in customer.text
    laptop.origin = f"https://{OWN}"
    shows(customer, laptop)
    # There is none for this host yet.
    assert "Create a passkey" in customer.text
    customer.submit(to="passkey-later")
    return customer.is_signed_in


@BY_HOST
def test_a37_whoever_has_a_lapsed_domain_gets_no_key_of_the_others_accepted(
    acme: Tenant, own_domain: None, carol: Account
) -> None:
    """Eve has what was asked at the default host answered on her page at the domain, and brings it to either."""
    laptop = Authenticator(origin=f"https://{BY_DEFAULT}")
    customer = at_host(acme, BY_DEFAULT)
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    makes(customer, laptop)
    related(acme, failing_since=timezone.now())
    told = json.loads(at_host(acme, BY_DEFAULT).visit("/.well-known/webauthn").content)
    assert told == {"origins": [f"https://{BY_DEFAULT}"]}
    laptop.origin = f"https://{OWN}"
    eve = at_host(acme, BY_DEFAULT)
    for host in (BY_DEFAULT, OWN):
        page = eve.text
        eve.browser.defaults["HTTP_HOST"] = host
        assert shows(eve, laptop, to="passkey").status_code in {400, 404}
        assert not eve.is_signed_in
        assert asked_on(page)[0]["rpId"] == BY_DEFAULT
