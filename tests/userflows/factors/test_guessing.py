"""Guessing at a second factor, by somebody who knows the password: it comes to nothing, and its owner hears of it."""

import pytest
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.userflows.adversary import GO_ON, NETWORKS, Adversary, at, link_in, open_link, subjects
from tests.userflows.customer import PASSWORD, new_code, new_text
from tests.userflows.factors.phone import Phone
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts.limits import WRONG_FACTORS_A_DAY, WRONG_FACTORS_A_MONTH
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NUMBER = "+4915112345678"


def test_a13_nor_is_she_kept_out_by_who_knows_her_password_and_guesses_her_app(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    Adversary(acme, carol.email, knows_password=True).spend_an_hour()
    owner = at(acme, "198.51.100.7")
    open_link(owner, link_in(acme, carol.email, GO_ON))
    owner.submit({"password": PASSWORD})
    owner.submit({"code": phone.next_code()})
    assert owner.is_signed_in
    without_phone = at(acme, "198.51.100.8")
    open_link(without_phone, link_in(acme, carol.email, GO_ON))
    without_phone.submit({"password": PASSWORD})
    without_phone.submit({"code": phone.recovery_codes[0]}, to="recovery-code")
    assert without_phone.is_signed_in


def test_a13_nor_where_her_second_factor_is_a_text_message(acme: Tenant, carol: Account) -> None:
    """Whoever knows the password has all the messages sent that strangers may; the owner still gets hers."""
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=actor_of(carol))
        change_user_flow(UserFlow.objects.get(is_default=True), factors=("app", "sms"), actor=actor_of(carol))
        set_phone(Account.objects.get(pk=carol.pk), number=NUMBER, actor=actor_of(carol))
    Adversary(acme, carol.email, knows_password=True).spend_an_hour()
    owner = at(acme, "198.51.100.7")
    open_link(owner, link_in(acme, carol.email, GO_ON))
    owner.submit({"password": PASSWORD})
    owner.submit({"code": new_text(acme, NUMBER)})
    assert owner.is_signed_in


def test_a13_whoever_has_proved_the_mailbox_on_the_way_is_not_kept_from_the_app(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    """Without any link: a reset began by a code."""
    eve = Adversary(acme, carol.email, knows_password=True)
    for network in range(NETWORKS):
        eve.guess_factors(f"203.0.113.{network}")
    owner = at(acme, "198.51.100.7", "/reset/", carol.email)
    owner.submit({"code": new_code(acme, carol.email)})
    owner.submit({"code": phone.next_code()})
    assert "<h1>Choose a new password</h1>" in owner.text


def test_an_owner_hears_of_who_knows_the_password(acme: Tenant, carol: Account, phone: Phone) -> None:
    Adversary(acme, carol.email, knows_password=True).guess_factors("203.0.113.1")
    assert "Someone may know your Acme password" in subjects(acme, carol.email)


def test_a15_a_year_of_guessing_at_an_app_comes_to_little(acme: Tenant, carol: Account, phone: Phone) -> None:
    """Three codes of a million are good at a time; so many tries a month, and no more from anywhere."""
    assert WRONG_FACTORS_A_MONTH.attempts * 12 * 2 * 3 / 10**6 < 0.005
    assert WRONG_FACTORS_A_DAY.attempts < WRONG_FACTORS_A_MONTH.attempts
    with tenant_context(acme):
        for _ in range(WRONG_FACTORS_A_MONTH.attempts):
            WRONG_FACTORS_A_MONTH.count(carol.email)
    eve = at(acme, "203.0.113.1", email=carol.email)
    eve.submit({"password": PASSWORD})
    assert eve.submit({"code": phone.next_code()}).status_code == 429
    assert "Try again in 30 days." in eve.text
