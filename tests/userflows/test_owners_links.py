"""Whoever reads the mail of an account gets in, whatever strangers do at its door; and hears of what they do."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.policies import ELSEWHERE
from accounts.credentials.services.passwords import change_password, remove_password
from accounts.credentials.services.rules import change_password_rules
from accounts.factors.phones import set_phone
from accounts.factors.services import codes_left, renew_recovery_codes
from accounts.identity.services.accounts import actor_of, change_email
from accounts.models import Account, Passkey, Session
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from figures.services import activity
from providers.models import IdentityProvider
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.conftest import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.providers.conftest import provider as provider  # noqa: PLC0414 - a fixture
from tests.providers.elsewhere import Elsewhere
from tests.userflows.adversary import GO_ON, GUESSING, NETWORKS, Adversary, at, link_in, open_link, subjects
from tests.userflows.customer import PASSWORD, Customer, mails_to, new_code, new_text
from tests.userflows.factors.authenticator import Authenticator, makes, shows, with_passkey
from tests.userflows.factors.conftest import clock as clock  # noqa: PLC0414 - a fixture
from tests.userflows.factors.phone import Clock, Phone
from tests.userflows.public_pages import HARMLESS, public_pages
from tests.worker import run_jobs
from userflows.factors.jobs import CODES_RENEWED, PASSKEY_ADDED, PHONE_ADDED, send_factor_notice
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts.limits import PASSWORDS_A_DAY
from userflows.journeys.jobs import send_provider_notice
from userflows.models import UserFlow
from userflows.state import ALWAYS, NEVER, OFFER, method_of_provider

pytestmark = pytest.mark.django_db
# What differs between two pages that say the same.
OF_ONE_PAGE = r'[0-9a-f]{8}-[0-9a-f-]{27}|<bdi>[0-9A-F]{4}-[0-9A-F]{4}</bdi>|name="csrfmiddlewaretoken" value="[^"]+"'
NUMBER = "+4915112345678"
NEW_PASSWORD = "a wholly different password"


def offer(tenant: Tenant, *methods: str) -> None:
    """Let acme's flow have these methods; it asks nobody to make a passkey."""
    with tenant_context(tenant):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, methods=methods, asks_passkey=NEVER, actor=Actor.command())
        forget_everything()


@pytest.fixture
def carols_phone(acme: Tenant, carol: Account) -> str:
    """Acme sends text messages, and Carol has confirmed her number."""
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=actor_of(carol))
        set_phone(Account.objects.get(pk=carol.pk), number=NUMBER, actor=actor_of(carol))
    return NUMBER


def test_a13_an_hour_and_five_networks_keep_nobody_out_who_reads_the_mail(
    acme: Tenant,
    home: Tenant,
    carol: Account,
    carols_phone: str,
    bookshop: Application,
    provider: IdentityProvider,
    elsewhere: Elsewhere,
) -> None:
    """In browsers and networks that were never seen: by password, code, link, text message, and a new password."""
    offer(acme, "password", "code", "link", "sms", method_of_provider(provider.pk))
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), human_check=ALWAYS, actor=Actor.command())
    eve = Adversary(acme, carol.email, number=carols_phone)
    eve.provider = provider, elsewhere
    eve.press_everything(home, str(bookshop.client_id))
    eve.spend_an_hour()
    assert public_pages() - eve.seen == HARMLESS.keys()
    owner = at(acme, "198.51.100.1", email=carol.email)
    owner.submit({"password": PASSWORD})
    assert owner.page.status_code == 429
    assert "Email me a link" in owner.text
    link = link_in(acme, carol.email, GO_ON)
    open_link(owner, link)
    owner.submit({"password": PASSWORD})
    assert owner.is_signed_in

    by_mail = at(acme, "198.51.100.2", email=carol.email)
    assert by_mail.submit(to="send").status_code == 429
    assert "You can request another code in" in by_mail.text
    open_link(by_mail, link)
    by_mail.submit(to="send")
    by_mail.submit({"code": new_code(acme, carol.email)}, to="code")
    assert by_mail.is_signed_in

    by_text = at(acme, "198.51.100.3", email=carol.email)
    assert by_text.submit(to="text").status_code == 429
    open_link(by_text, link)
    by_text.submit(to="text")
    by_text.submit({"code": new_text(acme, carols_phone)}, to="sms")
    assert by_text.is_signed_in

    by_reset = at(acme, "198.51.100.4", "/reset/")
    assert by_reset.submit({"email": carol.email}).status_code == 429
    assert "Email me a link" in by_reset.text
    open_link(by_reset, link)
    by_reset.switch("reset")
    by_reset.submit({"email": carol.email})
    by_reset.submit({"code": new_code(acme, carol.email)})
    by_reset.submit({"password": NEW_PASSWORD})
    assert by_reset.is_signed_in


def test_a13_nor_is_she_kept_out_who_comes_by_a_link_or_by_a_passkey(acme: Tenant, carol: Account) -> None:
    """By the latter without any mail."""
    offer(acme, "link", "passkey")
    key = Authenticator()
    with_passkey(acme, carol, key)
    Adversary(acme, carol.email).spend_an_hour()
    by_link = at(acme, "198.51.100.1")
    assert by_link.submit({"email": carol.email}).status_code == 429
    open_link(by_link, link_in(acme, carol.email, GO_ON))
    by_link.submit({"email": carol.email})
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"https?://[^/]+(/\S*/open/\S+)", mails_to(carol.email)[0].text)
    assert found
    by_link.visit(found[1])
    by_link.submit()
    assert by_link.is_signed_in

    by_passkey = at(acme, "198.51.100.2")
    shows(by_passkey, key, to="passkey")
    assert by_passkey.is_signed_in


def test_the_link_goes_on_where_its_owner_was(acme: Tenant, carol: Account) -> None:
    Adversary(acme, carol.email).guess_passwords("198.51.100.7")
    owner = at(acme, "198.51.100.7", "/sign-in/?next=/t/acme/sign-out/", carol.email)
    owner.submit({"password": PASSWORD})
    assert "Too many wrong passwords were entered for this address from your network. Try again in 5 minutes." in (
        owner.text
    )
    owner.submit(to="ask-link")
    assert "If this address has an account, we emailed it a link." in owner.text
    open_link(owner, link_in(acme, carol.email, GO_ON))
    assert "<h1>Enter your password</h1>" in owner.text
    owner.submit({"password": PASSWORD})
    assert owner.path == "/t/acme/sign-out/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a17_to_look_at_the_link_changes_nothing(acme: Tenant, carol: Account, method: str) -> None:
    """Programs that look through mail open links too."""
    inside = Customer(acme)
    inside.sign_in(carol.email)
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    link = link_in(acme, carol.email)
    scanner = Browser(acme)
    response = getattr(scanner, method)(link)
    assert response.status_code == 200
    assert "known_acme" not in response.cookies
    assert inside.is_signed_in
    assert Browser(acme, checks_csrf=True).post(link, {"do": "secure"}).status_code == 403
    assert inside.is_signed_in


def test_the_link_secures_the_account_once(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        change_password_rules(history=0, actor=actor_of(carol))
    thief = Customer(acme)
    thief.sign_in(carol.email)
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    link = link_in(acme, carol.email)
    owner = at(acme, "198.51.100.7")
    open_link(owner, link, "secure")
    assert "Your account is secured" in owner.text
    assert not thief.is_signed_in
    thief.sign_in(carol.email)
    assert not thief.is_signed_in
    owner.submit({"email": carol.email})
    owner.submit({"code": new_code(acme, carol.email)})
    owner.submit({"password": PASSWORD})
    assert "You've had this password before. Choose another one." in html.unescape(owner.text)
    owner.submit({"password": NEW_PASSWORD})
    assert owner.is_signed_in
    # Whoever finds the mail later undoes nothing of it.
    finder = at(acme, "203.0.113.9")
    finder.visit(link)
    assert "Secure my account" not in finder.text
    finder.submit({"do": "secure"})
    assert owner.is_signed_in
    assert not finder.is_signed_in
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.secured").count() == 1


def test_a26_what_a_thief_has_added_goes_with_them_and_what_was_there_before_stays(
    acme: Tenant, carol: Account
) -> None:
    """Eve knows the password: she makes a passkey, and gives a number of hers. The owner has an older passkey."""
    with_passkey(acme, carol, Authenticator())
    with tenant_context(acme):
        Passkey.objects.update(created_at=timezone.now() - timedelta(days=3), name="Laptop")
    with_passkey(acme, carol, Authenticator())
    with tenant_context(acme):
        set_phone(Account.objects.get(pk=carol.pk), number="+4915187654321", actor=actor_of(carol))
        renew_recovery_codes(carol, actor=actor_of(carol))
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    owner, link = at(acme, "198.51.100.7"), link_in(acme, carol.email)
    with time_machine.travel(timedelta(days=1, hours=23)):
        owner.visit(link)
        assert "Ways to sign in that were added since the day before our email" in owner.text
        owner.submit({"do": "secure"})
    with tenant_context(acme):
        assert [passkey.name for passkey in Passkey.objects.all()] == ["Laptop"]
        assert Account.objects.get(pk=carol.pk).phone_number == ""
        assert codes_left(carol) == 0


@pytest.mark.parametrize("mail", ["An authenticator app was set up for Acme", "Your password for Acme was changed"])
def test_a26_the_mails_about_what_a_thief_has_set_up_lead_past_it(
    acme: Tenant, carol: Account, clock: Clock, mail: str
) -> None:
    """A new password alone would leave its owner before the thief's app."""
    thief, app = Customer(acme), Phone(clock)
    thief.sign_in(carol.email)
    thief.visit("/profile/password/")
    thief.submit({"password": PASSWORD})
    thief.submit({"password": "the password of a thief"})
    thief.visit("/profile/app/set-up/")
    thief.submit({"password": "the password of a thief"})
    app.scan(thief.text)
    thief.submit({"code": app.code})
    owner = at(acme, "198.51.100.7")
    open_link(owner, link_in(acme, carol.email, mail), "secure")
    assert not thief.is_signed_in
    owner.submit({"email": carol.email})
    owner.submit({"code": new_code(acme, carol.email)})
    owner.submit({"password": NEW_PASSWORD})
    assert owner.is_signed_in


@pytest.mark.parametrize("what", [CODES_RENEWED, PASSKEY_ADDED, PHONE_ADDED])
def test_a26_each_mail_about_a_second_factor_has_the_link(acme: Tenant, carol: Account, what: str) -> None:
    with tenant_context(acme):
        send_factor_notice.enqueue(str(carol.pk), what, name="Laptop")
    assert Browser(acme).get(link_in(acme, carol.email)).status_code == 200


def test_a26_so_has_the_mail_about_a_provider(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        send_provider_notice.enqueue(str(carol.pk), "Google", is_linked=True)
    assert Browser(acme).get(link_in(acme, carol.email)).status_code == 200


def test_the_link_secures_an_account_without_a_password_once(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        remove_password(Account.objects.get(pk=carol.pk), actor=actor_of(carol))
    offer(acme, "code")
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    link = link_in(acme, carol.email)
    owner = at(acme, "198.51.100.7")
    open_link(owner, link, "secure")
    owner.submit({"email": carol.email})
    owner.submit({"code": new_code(acme, carol.email)})
    assert owner.is_signed_in
    finder = at(acme, "203.0.113.9")
    finder.visit(link)
    assert "Secure my account" not in finder.text
    finder.submit({"do": "secure"})
    assert owner.is_signed_in


def test_the_link_takes_a_password_away_that_is_kept_elsewhere(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(password=ELSEWHERE)
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    open_link(at(acme, "198.51.100.7"), link_in(acme, carol.email), "secure")
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).password != ELSEWHERE


@pytest.mark.parametrize("spoil", [lambda link: link[:-3] + "xx/", lambda link: link.replace("/owner/", "/owner/x")])
def test_a_spoilt_link_opens_nothing(acme: Tenant, carol: Account, spoil: Callable[[str], str]) -> None:
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    assert Browser(acme).get(spoil(link_in(acme, carol.email))).status_code == 410


def test_t13_a_link_is_good_at_its_own_tenant_for_two_days_and_its_own_address(
    acme: Tenant, globex: Tenant, carol: Account
) -> None:
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    link = link_in(acme, carol.email)
    assert Browser(acme).get(link).status_code == 200
    assert Browser(globex).get(link.replace("/t/acme/", "/t/globex/")).status_code == 410
    with time_machine.travel(timedelta(days=2, seconds=5)):
        assert Browser(acme).get(link).status_code == 410
    with tenant_context(acme):
        change_email(Account.objects.get(pk=carol.pk), email="carol.new@acme.example", actor=actor_of(carol))
    assert Browser(acme).get(link).status_code == 410


def test_a01_an_address_without_an_account_is_told_the_same_and_gets_no_mail(acme: Tenant, carol: Account) -> None:
    pages = []
    for email in (carol.email, "nobody@acme.example"):
        somebody = at(acme, "203.0.113.1", email=email)
        texts = [somebody.submit({"password": f"guess {n}"}).content.decode() for n in range(6)]
        somebody.submit(to="ask-link")
        texts += [somebody.text]
        for _ in range(3):
            somebody.submit(to="ask-link")
        texts += [somebody.text]
        assert "The link in our latest email still works." in somebody.text
        told = "".join(texts).replace(email, "ADDRESS")
        pages.append(re.sub(OF_ONE_PAGE, "", told))
    assert pages[0] == pages[1]
    assert GO_ON in subjects(acme, carol.email)
    assert subjects(acme, "nobody@acme.example") == []


def test_a39_as_many_links_are_mailed_as_one_hour_may_see(acme: Tenant, carol: Account) -> None:
    for network in range(6):
        at(acme, f"203.0.113.{network}", email=carol.email).submit(to="ask-link")
    assert subjects(acme, carol.email).count(GO_ON) == 3


def test_a10_a_browser_that_reads_the_mail_has_no_more_guesses_than_any(acme: Tenant, carol: Account) -> None:
    at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
    owner = at(acme, "198.51.100.7")
    open_link(owner, link_in(acme, carol.email))
    statuses = [owner.submit({"password": f"guess {n}"}, to="password").status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]
    assert "Email me a link" not in owner.text


def test_a10_the_same_wrong_password_again_is_no_guess(acme: Tenant, carol: Account) -> None:
    """A phone that was told the old one tries it all day; whoever types another is counted as before."""
    phone = at(acme, "198.51.100.7", email=carol.email)
    assert [phone.submit({"password": "the old password"}).status_code for _ in range(8)] == [400] * 8
    others = [phone.submit({"password": f"guess {n}"}).status_code for n in range(5)]
    assert others == [400] * 4 + [429]
    again = at(acme, "198.51.100.8", email=carol.email)
    again.submit({"password": PASSWORD})
    assert again.is_signed_in
    with tenant_context(acme):
        assert "the old password" not in str(list(Session.objects.values())) + str(list(Event.objects.values()))


def test_an_owner_hears_of_many_wrong_tries_once_a_day(acme: Tenant, carol: Account) -> None:
    for _ in range(2):
        for network in range(NETWORKS):
            Adversary(acme, carol.email).guess_passwords(f"203.0.113.{network}")
    assert subjects(acme, carol.email) == [GUESSING]
    link_in(acme, carol.email, GUESSING)


def test_limits_of_a_day_are_told_in_hours(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        for _ in range(PASSWORDS_A_DAY.attempts):
            PASSWORDS_A_DAY.count(carol.email)
    owner = at(acme, "198.51.100.7", email=carol.email)
    owner.submit({"password": PASSWORD})
    assert "Too many wrong passwords were entered for this address. Try again in 24 hours." in owner.text


def sign_ins_are_noted(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has come round."""
    monkeypatch.setattr(activity, "SETTLES_FOR", timedelta(0))
    with tenant_context(tenant):
        activity.note_sign_ins()


def test_an_owner_hears_of_a_sign_in_in_a_new_browser_once(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = at(acme, "198.51.100.7", email=carol.email)
    owner.submit({"password": PASSWORD})
    sign_ins_are_noted(acme, monkeypatch)
    assert subjects(acme, carol.email) == ["New sign-in to your Acme account"]
    owner.browser.post("/sign-out/")
    owner.sign_in(carol.email)
    # Nor of another without cookies at the same place, such as a private window.
    at(acme, "198.51.100.7", email=carol.email).submit({"password": PASSWORD})
    sign_ins_are_noted(acme, monkeypatch)
    assert len(subjects(acme, carol.email)) == 1
    at(acme, "203.0.113.7", email=carol.email).submit({"password": PASSWORD})
    sign_ins_are_noted(acme, monkeypatch)
    assert len(subjects(acme, carol.email)) == 2
    thief = Customer(acme)
    open_link(thief, link_in(acme, carol.email), "secure")
    assert not owner.is_signed_in


def test_whoever_comes_by_the_mailbox_needs_no_mail_about_it(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = at(acme, "198.51.100.7", "/reset/", carol.email)
    owner.submit({"code": new_code(acme, carol.email)})
    owner.submit({"password": NEW_PASSWORD})
    sign_ins_are_noted(acme, monkeypatch)
    assert "New sign-in to your Acme account" not in subjects(acme, carol.email)


def test_a02_a_fresh_account_is_sent_as_many_codes_as_an_address_without_one(acme: Tenant) -> None:
    """The code that it was made by, and that its owner entered, counts as none."""
    owner = at(acme, "198.51.100.7", "/sign-up/", "new@acme.example")
    owner.submit({"code": new_code(acme, "new@acme.example")})
    owner.submit({"givenName": "Nora", "password": NEW_PASSWORD})
    assert owner.is_signed_in
    asked = []
    for email in ("new@acme.example", "nobody@acme.example"):
        for path in ("/reset/", "/sign-up/"):
            eve = at(acme, "203.0.113.1", path, email)
            asked.append([eve.submit(to="send").status_code for _ in range(4)])
    assert asked[:2] == asked[2:]


@pytest.mark.parametrize("wins", ["secures", "changes"])
def test_a25_eve_who_waits_on_the_page_of_a_passkey_is_left_outside(acme: Tenant, carol: Account, wins: str) -> None:
    """She has shown the password, and leaves the next page open until its owner has taken it away."""
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, methods=("password", "passkey"), asks_passkey=OFFER, actor=actor_of(carol))
        forget_everything()
    eve = at(acme, "203.0.113.9", email=carol.email)
    eve.submit({"password": PASSWORD})
    assert eve.path.endswith("/passkey-setup/")
    if wins == "secures":
        at(acme, "203.0.113.1", email=carol.email).submit(to="ask-link")
        open_link(at(acme, "198.51.100.7"), link_in(acme, carol.email), "secure")
    else:
        with tenant_context(acme):
            change_password(Account.objects.get(pk=carol.pk), password=NEW_PASSWORD, actor=actor_of(carol))
    makes(eve, Authenticator())
    assert not eve.is_signed_in
    with tenant_context(acme):
        assert not Passkey.objects.exists()
