"""A session that is open already leads past nothing that an application's user flow requires by now."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.key_holder import COMMAND
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import Customer
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db


def test_who_is_signed_in_accepts_other_terms_and_answers_before_the_app_is_told(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    customer = Customer(acme, shop.browser)
    customer.sign_in(carol.email)
    assert "code" in answer_in(shop.authorize())
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        layout = [AttributeLayout("city", is_required=True, asked="missing"), AttributeLayout("state", asked="missing")]
        set_page_layout(flow, layout=layout, actor=COMMAND)
        change_user_flow(flow, terms_version="2", actor=COMMAND)
    assert answer_in(shop.authorize(prompt="none"))["error"] == "interaction_required"
    customer.follow(shop.authorize())
    assert "to continue to <bdi>Bookshop</bdi>" in customer.text
    for sent in ({}, {"city": "Oslo"}, {"accepts-terms": "2"}, {"not-now": "1"}):
        assert customer.submit(sent).status_code == 400
    assert answer_in(shop.authorize(prompt="none"))["error"] == "interaction_required"
    ended = shop.browser.post(customer.path, {"city": "Oslo", "accepts-terms": "2"})
    assert "code" in answer_in(shop.browser.get(ended["Location"]))
    assert "code" in answer_in(shop.authorize(prompt="none"))
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
        assert Event.objects.filter(action="customer.signed_in").count() == 1, "answering is no sign-in"
    assert (kept.city, list(kept.accepted_terms)) == ("Oslo", ["2"])
