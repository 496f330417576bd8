"""An authenticator app: who comes in with it and who doesn't, how it is set up, and how one does without."""

import re
from urllib.parse import urlsplit

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import actor_of
from accounts.models import Account, AuthenticatorApp, RecoveryCode
from accounts.sessions.services import sign_out_everywhere
from audit.models import Event
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import PASSWORD, Customer, mails_to, new_code
from tests.userflows.factors.phone import Clock, Phone, with_phone
from tests.worker import run_jobs
from userflows.models import UserFlow


def _to_code(acme: Tenant, email: str, browser: Browser | None = None) -> Customer:
    customer = Customer(acme, browser)
    customer.sign_in(email)
    assert "<h1>Enter the code from your app</h1>" in customer.text
    assert not customer.is_signed_in
    return customer


def _events(acme: Tenant, action: str) -> list[Event]:
    with tenant_context(acme):
        return list(Event.objects.filter(action=action).order_by("at"))


def test_a28_without_the_code_a_password_opens_nothing(acme: Tenant, carol: Account, phone: Phone) -> None:
    eve = _to_code(acme, carol.email)
    page = eve.path
    for step in ("app-code", "recovery-code"):
        eve.path = page
        assert eve.submit({}, to=step).status_code == 400
        eve.path = page
        assert eve.submit({"code": "000000", "stay": "on"}, to=step).status_code == 400
    for step in ("second-mail", "app-setup", "recovery-codes", "app-removal", "new-password", "send-second"):
        eve.path = page
        eve.submit({"code": phone.code, "password": "another good password"}, to=step)
        assert eve.path == page, step
    eve.visit(page.replace("app-code/", ""))
    assert eve.path == page
    assert eve.browser.get("/profile/").status_code == 303
    assert not eve.is_signed_in


def test_a15_a_code_is_good_once(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer = _to_code(acme, carol.email)
    code = phone.next_code()
    customer.submit({"code": f"{code[:3]} {code[3:]}"})
    assert customer.is_signed_in
    eve = _to_code(acme, carol.email)
    eve.submit({"code": code})
    assert "This code was already used." in eve.text
    assert not eve.is_signed_in
    eve.submit({"code": phone.next_code()})
    assert eve.is_signed_in
    [failed] = _events(acme, "customer.sign_in_failed")
    assert (failed.reason, failed.method) == ("second_factor_used", "app-code")


def test_a15_guesses_are_counted_for_the_account_over_all_journeys(acme: Tenant, carol: Account, phone: Phone) -> None:
    """Whoever knows the password has ten tries an hour. Her own browsers have theirs, so Carol isn't shut out."""
    hers = _to_code(acme, carol.email)
    hers.submit({"code": phone.next_code()})
    eve = _to_code(acme, carol.email)
    for number in range(10):
        if number % 3 == 2:
            eve = _to_code(acme, carol.email)
        step = "recovery-code" if number % 2 else "app-code"
        assert eve.submit({"code": "AAAAAAAAAA" if number % 2 else "000000"}, to=step).status_code == 400
    phone.next_code()
    for step, code in (("app-code", phone.code), ("recovery-code", phone.recovery_codes[0])):
        eve = _to_code(acme, carol.email)
        assert eve.submit({"code": code}, to=step).status_code == 429
    hers.browser.post("/sign-out/")
    again = _to_code(acme, carol.email, hers.browser)
    again.submit({"code": phone.code})
    assert again.is_signed_in


def test_a26_a_forgotten_password_is_no_way_around_the_app(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    assert "<h1>Enter the code from your app</h1>" in customer.text
    at_code = customer.path
    customer.submit({"password": "another good password"}, to="new-password")
    assert customer.path == at_code
    customer.submit({"code": phone.next_code()})
    assert "<h1>Choose a new password</h1>" in customer.text
    customer.submit({"password": "another good password"})
    assert customer.is_signed_in


def test_a26_signing_up_again_is_no_way_around_the_app(acme: Tenant, carol: Account, phone: Phone) -> None:
    eve = Customer(acme)
    eve.sign_up_to_code(carol.email)
    with tenant_context(acme):
        told = re.search(r"\b\d{6}\b", mails_to(carol.email)[0].text)
    assert told
    eve.submit({"code": told[0]})
    assert "<h1>Enter the code from your app</h1>" in eve.text
    assert not eve.is_signed_in


def test_a21_a_second_factor_counts_for_nobody_else(acme: Tenant, carol: Account, phone: Phone) -> None:
    """Carol's code doesn't let Eve's account in, nor her own journey once it is about another address."""
    customer = _to_code(acme, carol.email)
    journey = customer.path
    customer.visit(journey.replace("app-code", "address"))
    customer.submit({"email": "nobody@acme.example"})
    customer.path = journey
    customer.submit({"code": phone.next_code()})
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert AuthenticatorApp.objects.get().used_at is None


def test_a_recovery_code_lets_in_once_and_its_owner_is_told(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer = _to_code(acme, carol.email)
    customer.visit(customer.path.replace("app-code", "recovery-code"))
    code = phone.recovery_codes[3]
    customer.submit({"code": code.lower().replace("-", " ")})
    assert customer.is_signed_in
    run_jobs()
    with tenant_context(acme):
        told = mails_to(carol.email)[0]
        assert RecoveryCode.objects.count() == 9
    assert told.subject == "A recovery code was used for Acme"
    assert "You have 9 left." in told.text
    eve = _to_code(acme, carol.email)
    eve.submit({"code": code}, to="recovery-code")
    assert "That code is incorrect or was already used." in eve.text
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.signed_in").newest_first()[0].method == "password+recovery-code"


def test_an_app_is_set_up_on_the_profile_after_a_proof(acme: Tenant, carol: Account, clock: Clock) -> None:
    customer, phone = Customer(acme), Phone(clock)
    customer.sign_in(carol.email)
    assert "Off. If you turn it on, you're asked for a code from your phone when you sign in." in customer.text
    customer.visit("/profile/app/set-up/")
    assert "<h1>Confirm it's you</h1>" in customer.text
    customer.submit({"password": PASSWORD})
    assert "<h1>Set up an authenticator app</h1>" in customer.text
    assert '<svg viewBox="0 0' in customer.text
    phone.scan(customer.text)
    secret = phone.secret
    assert customer.submit({"code": "000000"}).status_code == 400
    phone.scan(customer.text)
    assert phone.secret == secret
    customer.submit({"code": phone.code})
    phone.write_down(customer.text)
    codes = phone.recovery_codes
    # Whoever loads the page again sees the same ones, until they have said that they have them.
    customer.visit(customer.path)
    phone.write_down(customer.text)
    assert phone.recovery_codes == codes
    codes_page = customer.path
    customer.submit({})
    assert urlsplit(customer.path).path == "/t/acme/profile/"
    assert "Your authenticator app is set up." in customer.text
    assert "10 left" in customer.text
    run_jobs()
    customer.visit(codes_page)
    assert not any(code in customer.text for code in codes)
    with tenant_context(acme):
        kept = AuthenticatorApp.objects.get()
        assert kept.account_id == carol.pk
        assert secret not in kept.sealed_secret.encode()
        assert not any(code.replace("-", "") in row.encoded for row in RecoveryCode.objects.all() for code in codes)
        assert mails_to(carol.email)[0].subject == "An authenticator app was set up for Acme"
    # The code that set it up is used.
    eve = _to_code(acme, carol.email)
    eve.submit({"code": phone.code})
    assert not eve.is_signed_in
    eve.submit({"code": phone.next_code()})
    assert eve.is_signed_in


def test_a25_who_has_taken_over_a_session_changes_no_second_factor(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer = _to_code(acme, carol.email)
    customer.submit({"code": phone.next_code()})
    for path in ("set-up", "remove", "codes"):
        customer.visit(f"/profile/app/{path}/")
        assert "<h1>Confirm it's you</h1>" in customer.text
        at_password = customer.path
        for step in ("app-setup", "app-removal", "recovery-codes", "app-code"):
            customer.path = at_password
            customer.submit({"code": phone.code}, to=step)
            assert customer.path == at_password, step
        # With the password the app itself is still asked for.
        customer.submit({"password": PASSWORD})
        assert "<h1>Enter the code from your app</h1>" in customer.text
    with tenant_context(acme):
        assert AuthenticatorApp.objects.count() == 1


def test_the_app_is_replaced_and_removed_by_who_shows_it(acme: Tenant, carol: Account, phone: Phone) -> None:
    customer, new_phone = _to_code(acme, carol.email), Phone(phone.clock)
    customer.submit({"code": phone.next_code()})
    customer.visit("/profile/app/set-up/")
    customer.submit({"password": PASSWORD})
    customer.submit({"code": phone.next_code()})
    new_phone.scan(customer.text)
    customer.submit({"code": new_phone.code})
    new_phone.write_down(customer.text)
    customer.submit({})
    stale = _to_code(acme, carol.email)
    assert stale.submit({"code": phone.next_code()}).status_code == 400
    assert stale.submit({"code": phone.recovery_codes[0]}, to="recovery-code").status_code == 400

    customer.visit("/profile/app/codes/")
    customer.submit({"password": PASSWORD})
    customer.submit({"code": new_phone.next_code()})
    before = new_phone.recovery_codes
    new_phone.write_down(customer.text)
    assert not set(before) & set(new_phone.recovery_codes)
    customer.submit({})
    assert "You have new recovery codes." in customer.text

    customer.visit("/profile/app/remove/")
    customer.submit({"password": PASSWORD})
    customer.submit({"code": new_phone.recovery_codes[0]}, to="recovery-code")
    assert "<h1>Remove your authenticator app</h1>" in customer.text
    customer.submit({})
    assert "Your authenticator app was removed." in customer.text
    plain = Customer(acme)
    plain.sign_in(carol.email)
    assert plain.is_signed_in
    run_jobs()
    with tenant_context(acme):
        assert not RecoveryCode.objects.exists()
        subjects = [mail.subject for mail in mails_to(carol.email)]
    assert "Your authenticator app for Acme was removed" in subjects
    assert "New recovery codes were created for Acme" in subjects
    own = {event.action for event in _events(acme, "customer.factor_removed")}
    assert own == {"customer.factor_removed"}


def test_two_tabs_set_up_one_app(acme: Tenant, carol: Account, clock: Clock) -> None:
    """The second has to show the app of the first before it gets another one."""
    first = Customer(acme)
    first.sign_in(carol.email)
    second = Customer(acme, first.browser)
    phones = []
    for tab in (first, second):
        tab.visit("/profile/app/set-up/")
        tab.submit({"password": PASSWORD})
        phones.append(Phone(clock))
        phones[-1].scan(tab.text)
    first.submit({"code": phones[0].code})
    phones[0].write_down(first.text)
    second.submit({"code": phones[1].code})
    assert "<h1>Enter the code from your app</h1>" in second.text
    with tenant_context(acme):
        assert len(_events(acme, "customer.factor_added")) == 1


def test_a_stale_tab_makes_no_recovery_codes_in_the_place_of_those_just_written_down(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    first = _to_code(acme, carol.email)
    first.submit({"code": phone.next_code()})
    stale = Customer(acme, first.browser)
    for tab in (stale, first):
        tab.visit("/profile/app/codes/")
        tab.submit({"password": PASSWORD})
    first.submit({"code": phone.next_code()})
    phone.write_down(first.text)
    first.submit({})
    stale.submit({"code": phone.next_code()})
    assert urlsplit(stale.path).path == "/t/acme/profile/"
    run_jobs()
    with tenant_context(acme):
        assert [mail.subject for mail in mails_to(carol.email)].count("New recovery codes were created for Acme") == 1
    eve = _to_code(acme, carol.email)
    eve.submit({"code": phone.recovery_codes[0]}, to="recovery-code")
    assert eve.is_signed_in


def test_a_browser_is_remembered_for_its_account_until_something_changes(
    acme: Tenant, carol: Account, phone: Phone
) -> None:
    customer = _to_code(acme, carol.email)
    assert "Don't ask again in this browser for 30 days" in customer.text
    customer.submit({"code": phone.next_code(), "remember": "on"})
    customer.browser.post("/sign-out/")
    again = Customer(acme, customer.browser)
    again.sign_in(carol.email)
    assert again.is_signed_in
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.signed_in").newest_first()[0].method == "password"
    # Nowhere else, and no more once the account was signed out everywhere.
    elsewhere = _to_code(acme, carol.email)
    assert not elsewhere.is_signed_in
    with tenant_context(acme):
        owner = Account.objects.get(pk=carol.pk)
        sign_out_everywhere(owner, actor=actor_of(owner))
    _to_code(acme, carol.email, customer.browser)


def test_t13_what_one_tenant_remembers_is_worth_nothing_at_another(
    acme: Tenant, globex: Tenant, eve: Account, clock: Clock
) -> None:
    """Nor is a cookie that somebody wrote themselves."""
    with_phone(globex, eve, clock)
    for forged in ("", "eyJ4IjoxfQ:1abc:deadbeef", "{}"):
        customer = Customer(globex)
        customer.browser.cookies["remembered_globex"] = forged
        customer.sign_in(eve.email)
        assert "<h1>Enter the code from your app</h1>" in customer.text


@pytest.fixture
def always(acme: Tenant) -> None:
    """Acme's flow asks everybody."""
    with tenant_context(acme):
        UserFlow.objects.update(second_factor="always")
        forget_everything()


@pytest.mark.usefixtures("always")
def test_who_has_no_app_sets_one_up_before_coming_in(acme: Tenant, carol: Account, clock: Clock) -> None:
    customer, phone = Customer(acme), Phone(clock)
    customer.sign_in(carol.email)
    phone.scan(customer.text)
    assert not customer.is_signed_in
    customer.submit({"code": phone.code})
    phone.write_down(customer.text)
    assert not customer.is_signed_in
    customer.submit({})
    assert customer.is_signed_in
    again = _to_code(acme, carol.email)
    assert "Don't ask again" not in again.text


@pytest.mark.usefixtures("always")
def test_who_signs_up_sets_up_an_app_on_the_way(acme: Tenant, clock: Clock) -> None:
    customer, phone = Customer(acme), Phone(clock)
    customer.sign_up_to_code("faye@acme.example")
    customer.submit({"code": customer.code_from_mail("faye@acme.example")})
    customer.submit({"password": PASSWORD, "givenName": "Faye"})
    phone.scan(customer.text)
    customer.submit({"code": phone.code})
    phone.write_down(customer.text)
    customer.submit({})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.get(email="faye@acme.example").has_app


@pytest.fixture
def by_mail(acme: Tenant) -> None:
    """Acme's flow asks everybody, for whom a code by mail does."""
    with tenant_context(acme):
        UserFlow.objects.update(second_factor="new_browser", factors=["app", "mail"])
        forget_everything()


@pytest.mark.usefixtures("by_mail")
def test_a_code_by_mail_does_where_the_flow_says_so(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "<h1>Confirm it's you by email</h1>" in customer.text
    assert customer.submit({"code": "000000"}).status_code == 400
    first = new_code(acme, carol.email)
    customer.submit({}, to="send-second")
    second = new_code(acme, carol.email)
    assert first == second or customer.submit({"code": first}).status_code == 400
    customer.submit({"code": second, "remember": "on"})
    assert customer.is_signed_in
    customer.browser.post("/sign-out/")
    again = Customer(acme, customer.browser)
    again.sign_in(carol.email)
    assert again.is_signed_in
    eve = Customer(acme)
    eve.sign_in(carol.email)
    eve.submit({"code": second})
    assert not eve.is_signed_in


@pytest.mark.usefixtures("by_mail")
def test_a21_the_code_of_a_reset_is_no_second_factor(acme: Tenant, carol: Account) -> None:
    """Nor does a code that was mailed for a second factor begin anything else."""
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    code = new_code(acme, carol.email)
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert eve.submit({"code": code}).status_code == 400
    assert not eve.is_signed_in


@pytest.mark.usefixtures("always")
def test_a20_nobody_sets_up_an_app_for_an_account_whose_mail_they_do_not_read(
    acme: Tenant, carol: Account, clock: Clock
) -> None:
    """Whoever knows the password of an account that its owner hasn't come to yet would shut her out of it."""
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email_verified=False)
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert "<h1>Confirm it's you by email</h1>" in eve.text
    at_mail = eve.path
    eve.submit({"code": "000000"}, to="app-setup")
    assert eve.path == at_mail
    eve.submit({"code": new_code(acme, carol.email)})
    assert "<h1>Set up an authenticator app</h1>" in eve.text
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).email_verified


def test_t12_what_browsers_remember_goes_to_its_own_tenant_alone(acme: Tenant, carol: Account, phone: Phone) -> None:
    """Tenants that are addressed by a path share a host: each cookie has its tenant's name and path."""
    customer = _to_code(acme, carol.email)
    customer.submit({"code": phone.next_code(), "remember": "on"})
    kept = {name: cookie["path"] for name, cookie in customer.browser.cookies.items()}
    assert {"known_acme", "remembered_acme", "browser_acme"} <= set(kept)
    assert set(kept.values()) == {"/t/acme/"}
