"""An address that is verified last: there is no account before, and nothing that was given is lost."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, OneTimeCode
from audit.services import Actor
from common.web.limits import Limit
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to, new_code
from tests.userflows.later import a_day_passes
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts import limits
from userflows.links.services import invite_customer
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NEW, OTHER = "nora@acme.example", "nora@elsewhere.example"
MINE = "a password of Nora's own"
DETAILS = {"password": MINE, "givenName": "Nora", "surname": "New"}


def change(acme: Tenant, **values: Any) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), **values, actor=COMMAND)


@pytest.fixture(autouse=True)
def _verified_last(acme: Tenant) -> None:
    change(acme, verifies_last=True)


def at_the_details(acme: Tenant, email: str = NEW) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": email})
    return customer


def at_the_code(acme: Tenant, email: str = NEW, **more: str) -> Customer:
    customer = at_the_details(acme, email)
    customer.submit({**DETAILS, **more})
    assert "Enter the code" in customer.text
    return customer


def account_of(acme: Tenant, email: str = NEW) -> Account | None:
    with tenant_context(acme):
        return Account.objects.with_email(email).first()


def _comparable(customer: Customer, email: str) -> tuple[int, str]:
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "JOURNEY", customer.text.replace(email, "ADDRESS"))
    return customer.page.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_a02_eve_learns_nothing_of_a_taken_address_and_nothing_that_she_gives_touches_its_account(
    acme: Tenant, carol: Account
) -> None:
    pages = []
    for email in (NEW, carol.email):
        eve = at_the_details(acme, email)
        seen = [_comparable(eve, email)]
        eve.submit({**DETAILS, "givenName": "Eve"})
        seen.append(_comparable(eve, email))
        eve.submit({"code": "000000"})
        pages.append([*seen, _comparable(eve, email)])
    assert pages[0] == pages[1]

    run_jobs()
    with tenant_context(acme):
        [mail] = mails_to(carol.email)
        [to_nobody] = mails_to(NEW)
    assert mail.subject == "You already have an account at Acme"
    assert to_nobody.subject.endswith(" is your code for Acme")
    # Were Carol herself there, the code would let her in, to the account as it is.
    found = re.search(r"Your code: (\d+)", mail.text)
    assert found
    eve.submit({"code": found[1]})
    assert eve.is_signed_in
    now = account_of(acme, carol.email)
    assert now is not None
    assert (now.given_name, now.check_password(PASSWORD), now.check_password(MINE)) == (carol.given_name, True, False)
    with tenant_context(acme):
        assert "argon2" not in str(list(Journey.objects.filter(email=carol.email).values()))


def test_a28_eve_has_no_account_without_the_code(acme: Tenant) -> None:
    eve = at_the_details(acme)
    for skipped in ("code", "new-password", "profile"):
        eve.submit({"code": "123456", **DETAILS}, to=skipped)
        assert "Create an account" in eve.text
    with tenant_context(acme):
        assert not OneTimeCode.objects.exists()
    eve.submit(DETAILS)
    eve.submit(DETAILS, to="details")
    eve.visit(re.sub(r"[^/]+/$", "", eve.path))
    assert "Enter the code" in eve.text
    assert account_of(acme) is None
    assert not eve.is_signed_in


def test_a_password_made_of_ones_name_is_refused_before_the_code(acme: Tenant) -> None:
    nora = at_the_details(acme)
    nora.submit({**DETAILS, "password": "Quillfeather1", "givenName": "Quillfeather"})
    assert "Don&#x27;t base your password on “quillfeather”." in nora.text
    nora.submit(DETAILS)
    assert "Enter the code" in nora.text


def test_somebody_signs_up_and_has_an_account_with_the_code_alone(acme: Tenant) -> None:
    change(acme, terms_version="2026-12")
    nora = at_the_details(acme)
    assert "Step 2 of 3" in nora.text
    assert ">Continue</button>" in nora.text
    assert 'name="stay"' not in nora.text
    nora.submit({**DETAILS, "surname": "x" * 300, "accepts-terms": "2026-12"})
    assert "Your password is kept." in nora.text
    nora.submit({**DETAILS, "password": "", "accepts-terms": "2026-12"})
    assert "Step 3 of 3" in nora.text
    assert 'name="stay"' in nora.text
    assert account_of(acme) is None

    # Back, and on again: nothing is typed anew, and no second mail leaves.
    nora.visit(re.sub(r"[^/]+/$", "details/", nora.path))
    assert 'value="Nora"' in nora.text
    nora.submit({**DETAILS, "password": "", "givenName": "Norah", "accepts-terms": "2026-12"})
    nora.submit({"code": new_code(acme, NEW)})

    assert "Your profile" in nora.text
    account = account_of(acme)
    assert account is not None
    assert (account.email_verified, account.given_name, account.language) == (True, "Norah", "en")
    assert list(account.accepted_terms) == ["2026-12"]
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 1
        assert "argon2" not in str(list(Journey.objects.values()))
    again = Customer(acme)
    again.sign_in(NEW, MINE)
    assert again.is_signed_in


@pytest.mark.parametrize("sent", [{**DETAILS, "surname": "Newman"}, {"code": "000000"}])
def test_a_day_later_eve_at_the_same_computer_reads_nothing_that_was_typed(acme: Tenant, sent: dict[str, str]) -> None:
    eve = _a_day_after(acme, sent)
    assert NEW not in eve.text
    for email in ("", OTHER, NEW):
        eve.submit({"email": email}, to="address")
        assert not [typed for typed in ("Nora", "New", MINE) if typed in eve.text.replace(NEW, "")]


@pytest.mark.parametrize("sent", [{**DETAILS, "surname": "Newman"}, {"code": "000000"}])
def test_a_day_later_whoever_types_the_same_address_finds_their_answers(acme: Tenant, sent: dict[str, str]) -> None:
    nora = _a_day_after(acme, sent)
    nora.submit({"email": NEW.capitalize()})
    assert 'value="Nora"' in nora.text
    assert f'value="{sent.get("surname", "New")}"' in nora.text
    assert MINE not in nora.text
    nora.submit(DETAILS)
    nora.submit({"code": new_code(acme, NEW.capitalize())})
    assert nora.is_signed_in


def _a_day_after(acme: Tenant, sent: dict[str, str]) -> Customer:
    """Where *Continue* leads whoever sent the details, or the code that comes after them, when their hour was over."""
    customer = at_the_code(acme) if "code" in sent else at_the_details(acme)
    a_day_passes(acme)
    customer.submit(sent)
    assert customer.page.status_code == 410
    customer.submit(to="again")
    return customer


def test_a_link_does_as_well(acme: Tenant) -> None:
    change(acme, methods=("link",))
    nora = at_the_details(acme)
    nora.submit({"givenName": "Nora", "surname": "New"})
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"http://\S+(/go/\S+)", mails_to(NEW)[0].text)
    assert found
    nora.visit(found[1])
    nora.submit()
    assert nora.is_signed_in
    assert account_of(acme).given_name == "Nora"  # type: ignore[union-attr]


def test_a_second_factor_is_set_up_after_the_code_and_what_was_given_is_kept_no_longer_than_that(acme: Tenant) -> None:
    change(acme, second_factor="always", factors=("app",))
    nora = at_the_code(acme)
    assert "Step 3 of" in nora.text
    nora.submit({"code": new_code(acme, NEW)})
    assert "app-setup" in nora.path
    account = account_of(acme)
    assert account is not None
    assert account.check_password(MINE)
    with tenant_context(acme):
        assert "argon2" not in str(list(Journey.objects.values()))


def test_a_mistyped_address_is_put_right_and_loses_no_answer(acme: Tenant) -> None:
    nora = at_the_code(acme, OTHER)
    nora.submit({"email": OTHER}, to="address")
    assert "Enter the code" in nora.text, "the same address loses nothing"
    nora.submit({"email": NEW}, to="address")
    assert 'value="Nora"' in nora.text
    assert "Your password is kept." not in nora.text, "it was judged by the other address"
    nora.submit(DETAILS)
    nora.submit({"code": new_code(acme, NEW)})
    assert nora.is_signed_in
    assert account_of(acme, OTHER) is None


def test_whoever_gets_no_code_now_finds_all_they_gave_when_they_try_again(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(limits, "OF_MAIL", (Limit(limits.CODES_SENT.name, 0, 3600),))
        nora = at_the_details(acme)
        nora.submit(DETAILS)
        assert nora.page.status_code == 429
        assert "We&#x27;ve emailed this address as many codes as we can for now." in nora.text
        assert "Your password is kept." in nora.text
        assert 'value="Nora"' in nora.text
    nora.submit({**DETAILS, "password": ""})
    nora.submit({"code": new_code(acme, NEW)})
    assert nora.is_signed_in


@pytest.mark.parametrize("is_last", [True, False])
def test_whoever_has_to_wait_types_no_password_again(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, is_last: bool
) -> None:
    change(acme, verifies_last=is_last)
    nora = at_the_details(acme)
    if not is_last:
        nora.submit({"code": new_code(acme, NEW)})
    with monkeypatch.context() as patch:
        patch.setattr(limits, "SIGN_UPS", Limit(limits.SIGN_UPS.name, 0, 3600))
        nora.submit(DETAILS)
        assert nora.page.status_code == 429
        assert "Your password is kept." in nora.text
    nora.submit({**DETAILS, "password": ""})
    if is_last:
        nora.submit({"code": new_code(acme, NEW)})
    assert nora.is_signed_in
    assert account_of(acme).check_password(MINE)  # type: ignore[union-attr]


def test_a_name_that_somebody_has_is_told_once_the_address_is_verified_and_to_nobody_before(
    acme: Tenant, carol: Account
) -> None:
    change(acme, attributes=(AttributeLayout("preferred_username"), AttributeLayout("givenName")))
    with tenant_context(acme):
        update_profile(carol, attributes={"preferred_username": "cc.1"}, actor=COMMAND)
    nora = at_the_code(acme, preferred_username="cc.1")
    nora.submit({"code": new_code(acme, NEW)})
    assert "User name: This user name isn&#x27;t available." in nora.text
    assert 'value="Nora"' in nora.text
    assert ">Create account</button>" in nora.text
    assert account_of(acme) is None
    nora.submit({"preferred_username": "nn.1", "givenName": "Nora", "password": ""})
    assert nora.is_signed_in
    assert account_of(acme).user_name == "nn.1"  # type: ignore[union-attr]


def test_what_is_asked_for_meanwhile_is_asked_once_the_code_was_right(acme: Tenant) -> None:
    nora = at_the_code(acme)
    change(
        acme, verifies_last=False, attributes=(AttributeLayout("givenName"), AttributeLayout("city", is_required=True))
    )
    nora.submit({"code": new_code(acme, NEW)})
    assert "Complete your account" in nora.text
    assert 'value="Nora"' in nora.text
    nora.submit({"givenName": "Nora", "city": "Hamburg", "password": ""})
    assert nora.is_signed_in
    assert account_of(acme).city == "Hamburg"  # type: ignore[union-attr]


def test_c14_an_answer_to_what_is_no_longer_asked_takes_nothing_from_the_tenant(acme: Tenant) -> None:
    change(acme, attributes=(AttributeLayout("givenName"), AttributeLayout("city"), AttributeLayout("country")))
    eve = at_the_code(acme, city="Evil", country="DE")
    hidden = AttributeLayout("city", default="Hamburg", is_hidden=True)
    change(acme, attributes=(AttributeLayout("givenName"), hidden))
    eve.submit({"code": new_code(acme, NEW)})
    assert eve.is_signed_in
    account = account_of(acme)
    assert account is not None
    assert (account.given_name, account.city, account.country) == ("Nora", "Hamburg", "")


def test_whoever_had_their_account_made_finds_what_they_typed_and_ticks_once_more(acme: Tenant) -> None:
    """Nothing counts before they have seen it in the form of their own account."""
    with tenant_context(acme):
        define_custom_attribute(name="news", data_type="Boolean", actor=COMMAND)
        create_account(email=NEW, password=MINE, email_verified=False, actor=COMMAND)
    news = AttributeLayout("news", label="I agree", is_required=True)
    change(acme, attributes=(AttributeLayout("city", asked="missing"), news))
    nora = at_the_code(acme, city="Oslo", news="on")
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"Your code: (\d+)", mails_to(NEW)[0].text)
    assert found
    nora.submit({"code": found[1]})
    assert "<h1>Complete your profile</h1>" in nora.text
    assert 'value="Oslo"' in nora.text
    assert 'id="news">' in nora.text
    assert 'id="news" checked' not in nora.text
    now = account_of(acme)
    assert now is not None
    assert (now.city, now.agreed_at) == ("", {})
    nora.submit({"city": "Oslo", "news": "on"})
    assert nora.is_signed_in


def test_whoever_was_invited_proves_the_address_once_and_finds_their_answers(acme: Tenant) -> None:
    change(acme, attributes=(AttributeLayout("givenName", is_required=True),))
    with tenant_context(acme):
        invite_customer(email=NEW, attributes={}, actor=COMMAND)
    run_jobs()
    nora = at_the_details(acme)
    nora.submit({"password": MINE, "givenName": "Nora"})
    nora.submit({"code": new_code(acme, NEW)})
    assert "New password" in nora.text
    nora.submit({"password": MINE})
    assert 'value="Nora"' in nora.text
    nora.submit({"givenName": "Nora"})
    assert nora.is_signed_in
    # By the link of the invitation, nothing is mailed again.
    with tenant_context(acme):
        invite_customer(email=OTHER, attributes={}, actor=COMMAND)
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"http://\S+(/link/\S+|/invitation/\S+)", mails_to(OTHER)[0].text)
        before = len(mails_to(OTHER))
    assert found
    second = Customer(acme)
    second.visit(found[1])
    second.submit()
    second.submit({"password": MINE})
    second.submit({"givenName": "Nora"})
    assert second.is_signed_in
    with tenant_context(acme):
        assert len(mails_to(OTHER)) == before
