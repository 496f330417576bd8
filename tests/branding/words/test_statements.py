"""What changed words cost those who read them: nothing. A number that rises is a question to answer."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from branding.versions.services import publish
from branding.words.services import change_words
from branding.words.where import EVERYWHERE, Where
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser
from tests.configured import every_sentence_changed
from tests.oidc.relying_party import RelyingParty
from tests.statements import WHOLE_SIGN_IN, statements
from tests.userflows.customer import PASSWORD, Customer
from userflows.models import UserFlow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_came_before")]


def test_a_sign_in_costs_what_it_did_where_every_sentence_is_changed(
    acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account
) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        for where in (EVERYWHERE, Where(user_flow=flow.pk)):
            change_words(language="en", wished=every_sentence_changed(), where=where, actor=ADA)
        publish(actor=ADA)
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)

    def sign_in() -> Customer:
        customer = Customer(acme, shop.browser)
        customer.follow(shop.authorize())
        assert "· Continue" in customer.text
        customer.submit({"email": "carol@acme.example"})
        ended = customer.browser.post(customer.path, {"password": PASSWORD})
        shop.browser.get(ended["Location"])
        return customer

    sign_in()
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        sign_in()
