"""An administrator who has lost their second factors is helped by an owner of the installation."""

import pytest
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from operations.administrators.lost_factors import remove_factors
from tenants.errors import MayNotRemoveFactors
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.userflows.customer import mails_to
from tests.userflows.factors.authenticator import Authenticator, with_passkey
from tests.userflows.factors.phone import Clock, with_phone
from tests.worker import run_jobs

WHY = {"reason": "Showed her passport by video"}
NOT_A_PAGE = 404


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


def page_of(account: Account) -> str:
    return f"/administrators/{account.pk}/remove-factors/"


def factors_of(account: Account, home: Tenant) -> tuple[str, ...]:
    with tenant_context(home):
        return tuple(Account.objects.get(pk=account.pk).factors)


def acting(account: Account) -> Actor:
    return Actor("administrator", str(account.pk), account.email)


def test_p06_an_owner_of_one_tenant_weakens_nobody(
    home: Tenant, acme: Tenant, globex: Tenant, ada: Account, olga: Account, grace: Account, stranger: Account,
    ada_portal: Browser, clock: Clock,
) -> None:  # fmt: skip
    """Eve has Ada's session: not an operator, not whoever manages another tenant, not even who manages hers alone."""
    add_membership(tenant=acme, account_id=grace.pk, role=AdministratorRole.READER, actor=Actor.command())
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.READER, actor=Actor.command())
    for victim in (olga, grace, stranger):
        with_phone(home, victim, clock)

        assert ada_portal.get(page_of(victim)).status_code == NOT_A_PAGE
        assert ada_portal.post(page_of(victim), WHY).status_code == NOT_A_PAGE
        with tenant_context(home), pytest.raises(MayNotRemoveFactors):
            remove_factors(victim, reason="", actor=acting(ada))
        assert factors_of(victim, home) == ("app",)


def test_p06_neither_an_operator_who_only_reads_nor_one_who_was_removed_meanwhile_does(
    home: Tenant, acme: Tenant, ada: Account, stranger: Account, stranger_portal: Browser, clock: Clock
) -> None:
    """However much they are in a tenant: what counts is what they are to the installation at that moment."""
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.OWNER, actor=Actor.command())
    with_phone(home, ada, clock)
    with tenant_context(home), pytest.raises(MayNotRemoveFactors):
        remove_factors(ada, reason="", actor=acting(stranger))
    add_membership(tenant=home, account_id=stranger.pk, role=AdministratorRole.AUDITOR, actor=Actor.command())

    assert "Remove the second factors" not in stranger_portal.get(f"/administrators/{ada.pk}/").content.decode()
    assert stranger_portal.post(page_of(ada), WHY).status_code == NOT_A_PAGE
    assert factors_of(ada, home) == ("app",)


def test_p06_nobody_takes_away_their_own(home: Tenant, olga: Account, olga_portal: Browser, clock: Clock) -> None:
    with_phone(home, olga, clock)
    page = page_of(olga)
    assert page not in olga_portal.get(f"/administrators/{olga.pk}/").content.decode()

    answer = olga_portal.post(page, WHY, follow=True).content.decode()

    assert "Only another owner of the installation can remove someone’s second factors." in answer
    assert factors_of(olga, home) == ("app",)


def test_olga_lets_ada_in_again_who_is_told_and_signed_out_everywhere(
    home: Tenant, ada: Account, ada_portal: Browser, olga_portal: Browser, clock: Clock
) -> None:
    with_phone(home, ada, clock)
    with_passkey(home, ada, Authenticator())
    with tenant_context(home):
        set_phone(Account.objects.get(pk=ada.pk), number="+441632960001", actor=Actor.command())
    person = olga_portal.get(f"/administrators/{ada.pk}/").content.decode()
    assert page_of(ada) in person
    asked = olga_portal.get(page_of(ada)).content.decode()
    assert "Authenticator app, Passkey, Phone number" in asked
    assert "Fill in “Reason”." in olga_portal.post(page_of(ada), {"reason": " "}).content.decode()

    done = olga_portal.post(page_of(ada), WHY, follow=True).content.decode()

    assert "ada@portal.example no longer has a second factor, and is signed out everywhere." in done
    assert page_of(ada) not in done
    assert factors_of(ada, home) == ()
    assert ada_portal.get("/tenants/").status_code == 302
    run_jobs()
    with tenant_context(home):
        noted = Event.objects.filter(target_id=str(ada.pk), actor_name="olga@portal.example")
        assert {(event.action, event.details["reason"]) for event in noted} == {
            ("customer.factor_removed", WHY["reason"]),
            ("customer.passkey_removed", WHY["reason"]),
            ("customer.phone_removed", WHY["reason"]),
            ("customer.sessions_revoked", WHY["reason"]),
        }
        assert len(mails_to(ada.email)) == 3


def test_whoever_has_no_factor_is_not_signed_out_for_nothing(
    ada: Account, ada_portal: Browser, olga_portal: Browser
) -> None:
    assert page_of(ada) not in olga_portal.get(f"/administrators/{ada.pk}/").content.decode()

    answer = olga_portal.post(page_of(ada), WHY, follow=True).content.decode()

    assert "ada@portal.example has no second factor." in answer
    assert ada_portal.get("/tenants/").status_code == 200
