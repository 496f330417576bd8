"""What hooks cost those about whom nobody is asked: nothing. A number that rises is a question to answer."""

import pytest

from accounts.models import Account
from applications.models import Application
from hooks.policies import ACCOUNT, MAIL, PASSWORD, START, SUBMIT, TOKEN
from tenants.models import Tenant
from tests.browser import Browser
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import PUBLIC, Receiver
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.statements import WHOLE_SIGN_IN, statements
from tests.userflows.customer import PASSWORD as TYPED
from tests.userflows.customer import Customer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_came_before")]


def _signs_in(shop: RelyingParty) -> str:
    customer = Customer(shop.browser.tenant, shop.browser)
    customer.follow(shop.authorize())
    customer.submit({"email": "carol@acme.example"})
    ended = customer.browser.post(customer.path, {"password": TYPED})
    return answer_in(shop.browser.get(ended["Location"]))["code"]


def test_a_sign_in_costs_what_it_did_and_so_do_its_tokens(
    acme: Tenant,
    bookshop: Application,
    bookshop_secret: str,
    mobile: Application,
    carol: Account,
    add_hook: AddHook,
    server: Receiver,
) -> None:
    for moment in (START, SUBMIT, ACCOUNT, MAIL):
        add_hook(moment)
    add_hook(PASSWORD, public_key=PUBLIC)
    add_hook(TOKEN, serves=(mobile.client_id,))
    shop = RelyingParty(Browser(acme), bookshop, bookshop_secret)
    shop.exchange(_signs_in(shop))
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        code = _signs_in(shop)
    with statements(2):
        assert shop.exchange(code).status_code == 200
    assert server.asked == []
