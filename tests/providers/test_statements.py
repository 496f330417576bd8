"""What providers cost whoever signs in without them: nothing."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from providers.models import IdentityProvider
from providers.services import create_provider
from tenants.models import Tenant
from tests.providers import saml
from tests.providers.conftest import COMMAND, USUAL, come_back, go_there, offer
from tests.providers.elsewhere import SECRET, Elsewhere
from tests.providers.people import CAROL, linked_with
from tests.statements import statements
from tests.userflows.customer import PASSWORD, Customer, leads_to
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db


def steps_of(acme: Tenant) -> list[int]:
    """How many statements each request of a sign-in by password costs."""
    browser, asked = Customer(acme).browser, []
    path = "/sign-in/"
    sent: list[dict[str, str] | None] = [None, None, {"email": "carol@acme.example"}, {"password": PASSWORD}]
    for form in sent:
        with CaptureQueriesContext(connection) as captured:
            response = browser.get(path) if form is None else browser.post(path, form)
        asked.append(len(captured))
        path = leads_to(response) or path
    assert path.endswith("/profile/")
    return asked


def test_a_sign_in_by_password_asks_nothing_more(
    provider: IdentityProvider, acme: Tenant, elsewhere: Elsewhere
) -> None:
    with tenant_context(acme):
        offer(provider, "password")
        create_others = [
            create_provider(replace(USUAL, name=name), secret=SECRET, actor=COMMAND) for name in ("Second", "Third")
        ]
    Customer(acme).sign_in("carol@acme.example")
    before = steps_of(acme)
    with tenant_context(acme):
        offer(provider, "password", *(method_of_provider(each.pk) for each in (provider, *create_others)))
    Customer(acme).sign_in("carol@acme.example")
    page = Customer(acme).visit("/sign-in/").content.decode()
    assert page.count("Continue with") == 3

    assert steps_of(acme) == before


def test_coming_back_from_a_provider_costs_a_few(
    provider: IdentityProvider, acme: Tenant, elsewhere: Elsewhere
) -> None:
    elsewhere.person = CAROL
    customer = Customer(acme)
    come_back(customer, provider, elsewhere)
    customer.submit({"password": PASSWORD})
    come_back(Customer(acme), provider, elsewhere)
    again = Customer(acme)
    again.visit("/sign-in/")
    journey = again.path.split("/go/")[1].split("/")[0]
    with statements(2):
        response = again.browser.post(f"/go/{journey}/provider/", {"provider": provider.pk})
    back = elsewhere.sign_in(response["Location"])

    with statements(12):
        assert again.browser.get(back).status_code == 303


def test_coming_back_by_saml_costs_two_more_for_what_was_posted(
    by_saml: IdentityProvider, idp: saml.Provider, acme: Tenant
) -> None:
    customer = Customer(acme)
    for _ in range(2):
        customer = Customer(acme)
        idp.arrive(go_there(customer, by_saml))
        path, form = idp.posts(idp.response())
        with statements(2):
            back = customer.browser.post(path, form)["Location"]
        if not linked_with(acme):
            customer.visit(back)
            customer.submit({"givenName": "Nina", "surname": "Novak"})

    with statements(11):
        assert customer.browser.get(back).status_code == 303
