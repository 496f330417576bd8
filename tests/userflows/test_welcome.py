"""The mail that welcomes whoever has just signed up: once, where the user flow says so."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from mail.models import Message
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NEW = "nora@acme.example"
DETAILS = {"password": PASSWORD, "preferred_username": "Nora.N"}


def change(acme: Tenant, **values: object) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), **values, actor=COMMAND)


@pytest.fixture(autouse=True)
def _user_names(acme: Tenant) -> None:
    change(acme, takes_user_names=True, attributes=(AttributeLayout("preferred_username"),))


def sign_up(acme: Tenant, email: str = NEW) -> int:
    """Returns how many statements the last form cost."""
    customer = Customer(acme)
    customer.sign_up_to_code(email)
    customer.submit({"code": customer.code_from_mail(email)})
    with CaptureQueriesContext(connection) as queries:
        customer.browser.post(customer.path, {**DETAILS, "preferred_username": email.partition("@")[0]})
    run_jobs()
    return len(queries)


def kinds(acme: Tenant, email: str = NEW) -> list[str]:
    with tenant_context(acme):
        return list(Message.objects.filter(to=email).order_by("created_at").values_list("kind", flat=True))


def test_it_costs_a_sign_up_its_job_and_is_sent_where_the_flow_says_so(acme: Tenant) -> None:
    without = sign_up(acme)
    assert kinds(acme) == ["code"]

    change(acme, sends_welcome=True)
    assert sign_up(acme, "nina@acme.example") <= without + 1

    assert kinds(acme, "nina@acme.example") == ["code", "welcome"]
    again = Customer(acme)
    again.sign_in("nina@acme.example")
    run_jobs()
    assert kinds(acme, "nina@acme.example").count("welcome") == 1


def test_it_says_whose_account_it_is_and_how_to_come_back_and_who_else_may_secure_it(
    acme: Tenant, bookshop: Application, bookshop_secret: str
) -> None:
    change(acme, sends_welcome=True, verifies_last=True)
    with tenant_context(acme):
        bookshop.client_uri = "https://bookshop.example/start"
        bookshop.save()
    nora = Customer(acme, Browser(acme))
    shop = RelyingParty(nora.browser, bookshop, bookshop_secret)
    nora.path = shop.authorize(prompt="create")["Location"]
    nora.submit({"email": NEW})
    nora.submit(DETAILS)
    nora.browser.post(nora.path, {"code": new_code(acme, NEW)})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to(NEW)[0]
        account = Account.objects.with_email(NEW).get()
    assert mail.subject == "Welcome to Acme"
    for said in ("https://bookshop.example/start", NEW, "nora.n", "/t/acme/profile/", "Bookshop"):
        assert said in mail.text
        assert said in mail.html

    found = re.search(r"/t/acme(/\S+/)\n", mail.text.partition("Wasn't you?")[2])
    assert found
    owner = Customer(acme)
    owner.visit(found[1])
    owner.submit({"do": "secure"})
    with tenant_context(acme):
        account.refresh_from_db()
    assert not account.has_usable_password()


def test_whoever_signs_in_gets_none(acme: Tenant, carol: Account) -> None:
    change(acme, sends_welcome=True)
    Customer(acme).sign_in(carol.email)
    run_jobs()
    assert "welcome" not in kinds(acme, carol.email)
