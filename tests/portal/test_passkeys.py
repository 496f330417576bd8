"""Passkeys in the portal: what a flow asks, what is seen and removed of a customer, and administrators' own."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, Passkey
from audit.models import Event
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.userflows.factors.authenticator import Authenticator, makes, shows, with_passkey
from tests.worker import run_jobs
from userflows.models import UserFlow


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    with tenant_context(acme):
        return UserFlow.objects.get(is_default=True)


def test_a_flow_offers_passkeys_and_requires_them_as_ada_chooses(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, carol: Account
) -> None:
    page = f"/tenants/acme/user-flows/{flow.pk}/"
    chosen = {"name": flow.name, "methods": ["code", "passkey"], "asks_passkey": "require", "allows_sign_up": "on"}
    assert ada_portal.post(page, chosen).status_code == 302
    with tenant_context(acme):
        flow.refresh_from_db()
        told = Event.objects.filter(action="user_flow.changed").newest_first()[0].details["now"]
    assert (flow.methods, flow.asks_passkey) == (["code", "passkey"], "require")
    assert told == {"methods": ["code", "passkey"], "asks_passkey": "require"}
    with_passkey(acme, carol, Authenticator())
    assert "Have a passkey: <strong>1</strong>" in ada_portal.get(f"{page}second-factor/").content.decode()


def test_what_nobody_could_make_isn_t_required(acme: Tenant, ada_portal: Browser, flow: UserFlow) -> None:
    chosen = {"name": flow.name, "methods": ["password"], "asks_passkey": "require"}
    answer = ada_portal.post(f"/tenants/acme/user-flows/{flow.pk}/", chosen)
    assert "Offer passkeys as a sign-in method or a second factor first" in answer.content.decode()


def test_ada_sees_a_customers_passkey_and_removes_it_with_a_reason(
    acme: Tenant, ada_portal: Browser, carol: Account
) -> None:
    passkey = with_passkey(acme, carol, Authenticator())
    assert carol.email in ada_portal.get("/tenants/acme/customers/?factor=passkey").content.decode()
    assert carol.email not in ada_portal.get("/tenants/acme/customers/?factor=none").content.decode()
    customer = f"/tenants/acme/customers/{carol.pk}/"
    assert "Laptop" in ada_portal.get(f"{customer}sign-in/").content.decode()
    page = f"{customer}passkeys/{passkey.pk}/remove/"
    assert "Fill in “Reason”." in ada_portal.post(page, {"reason": " "}).content.decode()
    ada_portal.post(page, {"reason": "Showed her passport by video"})
    run_jobs()
    with tenant_context(acme):
        event = Event.objects.filter(action="customer.passkey_removed").newest_first()[0]
        assert mails_to(carol.email)[0].subject == "A passkey for Acme was removed"
        assert not Passkey.objects.exists()
        assert Account.objects.get(pk=carol.pk).passkeys_at == []
    assert (event.actor_name, event.details["reason"]) == ("ada@portal.example", "Showed her passport by video")
    assert ada_portal.post(page, {"reason": "Again"}).status_code == 404


def test_the_check_says_who_has_none(acme: Tenant, ada_portal: Browser, flow: UserFlow, carol: Account) -> None:
    with tenant_context(acme):
        UserFlow.objects.filter(pk=flow.pk).update(methods=["passkey", "code"])
    forget_everything()
    check = f"/tenants/acme/customers/{carol.pk}/sign-in-check/"
    assert "The account has no passkey" in ada_portal.get(check).content.decode()
    with_passkey(acme, carol, Authenticator())
    assert "The account has no passkey" not in ada_portal.get(check).content.decode()


def test_p06_an_administrators_passkey_is_the_second_factor_that_is_required(
    home: Tenant, olga: Account, olga_portal: Browser
) -> None:
    """Whoever is signed in without one makes one before the next page, and finds it among their own."""
    with tenant_context(home):
        UserFlow.objects.update(second_factor="always", factors=["passkey"], asks_passkey="never")
    forget_everything()
    olga_at_pages, stick = Customer(home, olga_portal), Authenticator()
    olga_at_pages.visit(olga_portal.get("/me/second-factor/")["Location"])
    olga_at_pages.submit({"password": PASSWORD})
    makes(olga_at_pages, stick)
    assert olga_at_pages.path == "/me/second-factor/"
    assert "Passkeys" in olga_at_pages.text
    [passkey] = stick.keys["localhost"]
    olga_portal.post("/sign-out/")
    olga_at_pages.visit(olga_portal.get("/me/second-factor/")["Location"])
    olga_at_pages.submit({"email": olga.email})
    olga_at_pages.submit({"password": PASSWORD})
    shows(olga_at_pages, stick)
    assert olga_at_pages.path == "/me/second-factor/"
    assert "works at" in olga_at_pages.text
    assert passkey.handle
