"""Signing in by SAML: a request in the address, a response that is posted, and only what was signed counts."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context
from lxml import etree

from accounts.models import Account
from audit.models import Event
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.conftest import go_there, press
from tests.providers.people import change, linked_with
from tests.providers.saml import OTHER_KEY, SAMLP, Provider
from tests.userflows.customer import PASSWORD, Customer, new_code

pytestmark = pytest.mark.django_db


def post(acme: Tenant, server: Provider, root: Any) -> str:
    """The provider's page posts, without our cookies. Returns where the browser is sent then."""
    path, form = server.posts(root)
    response = Browser(acme, checks_csrf=True).post(path, form)
    assert response.status_code == 303, response.content.decode()
    return str(response["Location"])


def come_back(customer: Customer, by_saml: IdentityProvider, server: Provider, **said: Any) -> None:
    server.arrive(go_there(customer, by_saml))
    customer.visit(post(customer.tenant, server, server.response(**said)))


def test_a_newcomer_signs_up_and_comes_back(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    come_back(customer, by_saml, idp)
    assert 'value="Nina"' in customer.text
    assert 'value="Novak"' in customer.text
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina-at-elsewhere")]
    again = Customer(acme)
    idp.attributes = {}
    come_back(again, by_saml, idp, signs_response=True)
    assert again.is_signed_in


def test_the_request_says_what_it_has_to(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    idp.arrive(go_there(customer, by_saml))
    asked = idp.request
    assert asked.tag == f"{{{SAMLP}}}AuthnRequest"
    assert asked.get("Destination") == "https://idp.elsewhere.example/sso"
    assert asked.get("ForceAuthn") is None
    assert len(idp.asked["RelayState"]) <= 80, "SAML allows no more"
    assert idp.entity_id.endswith(f"/t/acme/providers/{by_saml.pk}/metadata")
    document = etree.fromstring(Browser(acme).get(f"/providers/{by_saml.pk}/metadata").content)
    assert document.get("entityID") == idp.entity_id
    assert idp.place in [each.get("Location") for each in document.iter()]
    assert Browser(acme).get("/providers/0123456789ab/metadata").status_code == 404
    assert Browser(acme).get(f"/providers/{by_saml.pk}/keys").status_code == 404

    come_back(customer, by_saml, idp)
    customer.submit({"givenName": "Nina", "surname": "Novak"})
    customer.visit("/sign-in/again/?next=/profile/")
    idp.arrive(press(customer, by_saml))
    assert idp.request.get("ForceAuthn") == "true"
    customer.visit(post(acme, idp, idp.response(authenticated_at="2026-01-01T00:00:00Z")))
    assert "work. Try again." in customer.text, "it shall be she, and just now"


def test_a20_who_has_an_account_proves_once_that_it_is_theirs(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    idp.attributes["mail"] = ["carol@acme.example"]
    come_back(customer, by_saml, idp)
    assert "You already have an account." in customer.text
    assert linked_with(acme) == []
    customer.submit({"password": PASSWORD})
    assert linked_with(acme) == [("carol@acme.example", "nina-at-elsewhere")]


def test_a20_without_trust_an_address_is_confirmed_by_a_code(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    with tenant_context(acme):
        change(by_saml, trust="none")
    come_back(customer, by_saml, idp)
    assert "/code/" in customer.path
    customer.submit({"code": new_code(acme, "nina@new.example")})
    customer.submit({"givenName": "Nina", "surname": ""})
    assert linked_with(acme) == [("nina@new.example", "nina-at-elsewhere")]


def test_an_attribute_may_tell_who_somebody_is(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    with tenant_context(acme):
        change(by_saml, subject_attribute="uid")
    transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    come_back(customer, by_saml, idp, format=transient, subject="_x1")
    assert "work. Try again." in customer.text
    for values in (["nina", "eve"], [""], ["x" * 256]):
        idp.attributes["uid"] = values
        come_back(customer, by_saml, idp)
        assert "work. Try again." in customer.text, values
    idp.attributes["uid"] = ["nina"]
    come_back(customer, by_saml, idp, format=transient, subject="_x2")
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_the_address_may_stand_where_the_tenant_says(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    with tenant_context(acme):
        change(by_saml, claims={"email": "contact", "givenName": "given_name"})
    idp.attributes |= {"contact": ["nina@contact.example"]}
    come_back(customer, by_saml, idp)
    customer.submit({"givenName": "Nina", "surname": ""})
    with tenant_context(acme):
        change(by_saml, claims={})
    other = Customer(acme)
    come_back(other, by_saml, idp, subject="other")
    assert "tell us your email address" in other.text

    assert linked_with(acme) == [("nina@contact.example", "nina-at-elsewhere")]


def test_certificates_may_change_and_nobody_notices(by_saml: IdentityProvider, idp: Provider, acme: Tenant) -> None:
    come_back(Customer(acme), by_saml, idp)
    assert idp.fetched == 1
    # From one moment to the next it signs by another key; the old one stands beside it for a while.
    idp.keys, idp.key = [*idp.keys, OTHER_KEY], OTHER_KEY
    customer = Customer(acme)
    come_back(customer, by_saml, idp)
    assert "Complete your account" in customer.text
    assert idp.fetched == 2
    with tenant_context(acme):
        assert IdentityProvider.objects.get().failing_since is None


def test_a_provider_without_an_address_for_its_metadata_is_known_by_what_was_pasted(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    with tenant_context(acme):
        change(by_saml, metadata_url="", metadata=idp.metadata())
    come_back(customer, by_saml, idp)

    assert "Complete your account" in customer.text
    assert idp.fetched == 0


def test_who_comes_without_having_been_asked_is_asked(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    """A tile at the provider leads here, with an assertion that answers nothing: it signs nobody in."""
    idp.arrive(go_there(Customer(acme), by_saml))
    path, form = idp.posts(idp.response(request="", confirmation_request=""))
    for relayed in ({}, {"RelayState": "https://evil.example"}):
        there = Browser(acme).post(path, {"SAMLResponse": form["SAMLResponse"], **relayed})
        assert there["Location"].endswith("/sign-in/")
    with tenant_context(acme):
        assert not Account.objects.with_email("nina@new.example").exists()


def test_who_proves_nothing_there_reads_so(
    customer: Customer, by_saml: IdentityProvider, idp: Provider, acme: Tenant
) -> None:
    idp.arrive(go_there(customer, by_saml))
    root = idp.response(signs_assertion=False, status="urn:oasis:names:tc:SAML:2.0:status:Responder")
    code = next(root.iter(f"{{{SAMLP}}}StatusCode"))
    etree.SubElement(code, f"{{{SAMLP}}}StatusCode", {"Value": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"})
    customer.visit(post(acme, idp, root))

    assert "You didn&#x27;t sign in with Elsewhere." in customer.text
    with tenant_context(acme):
        assert Event.objects.get(reason="provider_cancelled").details["problem"] == "AuthnFailed"
