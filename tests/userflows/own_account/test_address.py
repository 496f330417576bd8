"""Another address: proved before anything changes, told to both, and taken back from the old one's mail."""

import re
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.services.passwords import change_password
from accounts.errors import EmailAddressTaken
from accounts.factors.phones import set_phone
from accounts.factors.services import add_app, codes_left, renew_recovery_codes
from accounts.factors.totp import code_at, new_secret, step_at
from accounts.identity.services.accounts import actor_of, change_email, create_account
from accounts.models import UNDO_FOR, Account, AddressChange, AuthenticatorApp, Passkey, Session
from audit.models import Event
from audit.services import Actor
from common.web.limits import TooManyAttempts
from tenants.models import Tenant
from tests.cast import PASSWORD, grow_old
from tests.userflows.customer import Customer, mails_to, new_code
from tests.userflows.factors.authenticator import Authenticator, shows, with_passkey
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.links.services import send_password_link
from userflows.models import UserFlow
from userflows.own_account.addresses import forget_change, send_another_code
from userflows.own_account.limits import count_code_mailed

pytestmark = pytest.mark.django_db
NEW, OTHER = "carol@new.example", "carol@other.example"
COMMAND = Actor.command()


def ask(customer: Customer, email: str = NEW) -> None:
    customer.visit("/profile/email/")
    customer.submit({"email": email})


def change(customer: Customer, email: str = NEW) -> None:
    """Carol asks for an address, enters its code, and both addresses have their mail."""
    ask(customer, email)
    customer.submit({"code": new_code(customer.tenant, email)})
    assert "Your email address was changed. We told both addresses." in customer.text
    run_jobs()


def link_to_undo(tenant: Tenant, email: str) -> str:
    """What stands in the newest mail to an address about a change, as a path of the tenant's."""
    with tenant_context(tenant):
        text = next(mail.text for mail in mails_to(email) if "/undo/" in mail.text)
    (path,) = re.findall(r"/profile/email/undo/\S+", text)
    return str(path)


def address_of(account: Account, tenant: Tenant) -> str:
    with tenant_context(tenant):
        return str(Account.objects.get(pk=account.pk).email)


def test_a19_eve_at_an_open_browser_changes_no_address(acme: Tenant, customer: Customer, carol: Account) -> None:
    grow_old(carol, home=acme, seconds=301)

    ask(customer)

    assert "<h1>Confirm it's you</h1>" in customer.text
    run_jobs()
    with tenant_context(acme):
        assert not AddressChange.objects.exists()
        assert mails_to(NEW) == []
    customer.submit({"password": PASSWORD})
    assert customer.path.startswith("/t/acme/profile/email/")


def test_a26_eve_with_the_password_moves_no_account_that_has_a_passkey(acme: Tenant, carol: Account) -> None:
    """She has just come by it, which is fresh, and would have the code in the place of a passkey mailed to herself."""
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=("password", "passkey"), actor=COMMAND)
    laptop = Authenticator()
    with_passkey(acme, carol, laptop)
    eve = Customer(acme)
    eve.sign_in(carol.email)

    ask(eve)
    eve.submit({"password": PASSWORD})

    assert eve.path.endswith("/passkey-check/")
    with tenant_context(acme):
        assert not AddressChange.objects.exists()
    shows(eve, laptop)
    change(eve)


def test_what_was_typed_is_there_again_after_the_proof(acme: Tenant, customer: Customer, carol: Account) -> None:
    customer.visit("/profile/email/")
    grow_old(carol, home=acme, seconds=301)
    customer.submit({"email": NEW})
    customer.submit({"password": PASSWORD})

    assert f'value="{NEW}"' in customer.text


def test_a19_nothing_changes_before_the_new_address_is_proved_and_then_both_are_told(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    ask(customer)
    run_jobs()
    assert address_of(carol, acme) == carol.email
    assert NEW in customer.text
    customer.visit("/profile/")
    assert "confirmed yet" in customer.text
    customer.visit("/profile/email/code/")
    assert customer.submit({"code": "000000"}).status_code == 400
    assert address_of(carol, acme) == carol.email

    customer.submit({"code": customer.code_from_mail(NEW)})

    assert "Your email address was changed." in customer.text
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
        assert (kept.email, kept.email_verified) == (NEW, True)
        assert Event.objects.filter(action="customer.email_changed", account_id=carol.pk).count() == 1
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "Your email address at Acme was changed"
        assert NEW not in mails_to(carol.email)[0].text, "the old address isn't told the new one"
        assert mails_to(NEW)[0].subject == "This is your email address at Acme now"
        assert carol.email not in mails_to(NEW)[0].text, "nor the new one the old one"
    again = Customer(acme)
    again.sign_in(NEW)
    assert again.is_signed_in


def test_a19_the_old_address_takes_the_account_back_without_signing_in(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    """Eve knows Carol's password: she changes it and, twice, the address, and adds an app and a number of hers."""
    change(customer)
    undo = link_to_undo(acme, carol.email)
    change(customer, OTHER)
    with tenant_context(acme):
        account = Account.objects.get(pk=carol.pk)
        secret = new_secret()
        add_app(
            account, secret=secret, code=code_at(secret, step_at(time.time())), replaces=False, actor=actor_of(account)
        )
        set_phone(account, number="+4930901820", actor=actor_of(account))
        change_password(account, password="only Eve knows this one", actor=actor_of(account))

    owner = Customer(acme)
    for _ in range(2):
        owner.browser.head(undo)
        assert "Undo the change of address?" in owner.visit(undo).content.decode()
    assert address_of(carol, acme) == OTHER, "to look at it changes nothing"
    owner.submit({})

    assert "Choose a new password" in owner.text
    with tenant_context(acme):
        account = Account.objects.get(pk=carol.pk)
        assert (account.email, account.email_verified) == (carol.email, True)
        assert (account.has_app, account.phone_number) == (False, "")
        assert not Session.objects.of_account(carol.pk).exists()
        assert not account.has_usable_password()
        assert not AddressChange.objects.exists(), "what Eve's address in between could undo is over"
        assert Event.objects.filter(action="customer.email_change_undone").count() == 1
    owner.submit({"password": "a wholly different password"})
    assert owner.is_signed_in
    assert owner.visit(undo).status_code == 410
    assert not customer.is_signed_in


def test_a19_what_eve_added_before_she_changed_the_address_goes_as_well(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    """Eve knows Carol's password: she adds her number and her codes, then changes the address. Carol's app is old."""
    with tenant_context(acme):
        account = Account.objects.get(pk=carol.pk)
        secret = new_secret()
        code = code_at(secret, step_at(time.time()))
        add_app(account, secret=secret, code=code, replaces=False, actor=actor_of(account))
        AuthenticatorApp.objects.update(created_at=F("created_at") - UNDO_FOR - timedelta(seconds=1))
        backup = {"may_be_backed_up": False, "is_backed_up": False}
        Passkey.objects.create(account=account, credential_id="eve", public_key=b"", rp_id="acme.example", **backup)
        renew_recovery_codes(account, actor=actor_of(account))
        # Of this the log tells no more.
        Account.objects.update(phone_number="+4930901820", browsers_forgotten_at=timezone.now())
    change(customer)
    owner = Customer(acme)
    assert "14 days before it, are removed" in owner.visit(link_to_undo(acme, carol.email)).content.decode()
    owner.submit({})

    with tenant_context(acme):
        account = Account.objects.get(pk=carol.pk)
        assert (account.has_app, account.phone_number, account.passkeys_at) == (True, "", [])
        assert not Passkey.objects.exists()
        assert codes_left(account) == 0
        assert "in the 14 days before" in mails_to(carol.email)[0].text


def test_a19_an_owner_who_changed_the_address_back_is_not_undone_by_eves(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    """Eve changed Carol's address to hers; Carol, still signed in, changes it back and to another one afterwards."""
    change(customer, OTHER)
    undo = link_to_undo(acme, carol.email)
    change(customer, carol.email)
    with tenant_context(acme):
        assert mails_to(OTHER)[0].subject == "Your email address at Acme was changed"
        assert "/undo/" not in "".join(mail.text for mail in mails_to(OTHER))
        assert not AddressChange.objects.alive().exists()
        create_account(email=OTHER, password=None, email_verified=True)
    assert Customer(acme).visit(undo).status_code == 410

    change(customer)

    assert "Undo the change" in Customer(acme).visit(link_to_undo(acme, carol.email)).content.decode()


def test_a19_nor_one_whom_support_gave_the_address_back(acme: Tenant, customer: Customer, carol: Account) -> None:
    """Eve has asked for a third address, too: its code is good no more."""
    change(customer, OTHER)
    undo = link_to_undo(acme, carol.email)
    change(customer)
    ask(customer, "eve@other.example")
    code = new_code(acme, "eve@other.example")
    with tenant_context(acme):
        change_email(Account.objects.get(pk=carol.pk), email=carol.email, actor=COMMAND)
        assert not AddressChange.objects.exists()

    assert Customer(acme).browser.post(undo).status_code == 410
    customer.browser.post("/profile/email/code/", {"code": code})
    assert address_of(carol, acme) == carol.email


def test_a19_an_address_in_between_takes_nothing_back_as_long_as_the_one_before_can(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    """Eve changed Carol's address to hers; Carol, still signed in, goes on to another one of her own."""
    change(customer, OTHER)
    change(customer)
    with tenant_context(acme):
        assert "/undo/" not in "".join(mail.text for mail in mails_to(OTHER))
    Customer(acme).browser.post(link_to_undo(acme, carol.email))
    assert address_of(carol, acme) == carol.email


def test_an_address_that_another_account_has_all_the_same_is_said_to_be_taken(
    acme: Tenant, customer: Customer, carol: Account, dan: Account
) -> None:
    change(customer)
    with tenant_context(acme):
        Account.objects.filter(pk=dan.pk).update(email=carol.email, canonical_email=carol.canonical_email)
    owner = Customer(acme)
    owner.visit(link_to_undo(acme, carol.email))

    assert owner.submit({}).status_code == 409

    assert "Another account has this address now" in owner.text
    assert address_of(carol, acme) == NEW
    with tenant_context(acme):
        assert AddressChange.objects.revocable().exists()


def test_a_link_that_nobody_was_sent_undoes_nothing(acme: Tenant, customer: Customer, carol: Account) -> None:
    change(customer)
    stranger = Customer(acme)
    for token in ("x", "", "\x00"):
        assert stranger.browser.post(f"/profile/email/undo/{token}/").status_code in {404, 410}
    with tenant_context(acme):
        AddressChange.objects.update(expires_at=F("expires_at") - UNDO_FOR - timedelta(seconds=1))
    assert stranger.browser.post(link_to_undo(acme, carol.email)).status_code == 410
    assert address_of(carol, acme) == NEW


def test_an_address_that_nobody_had_proved_takes_nothing_back(acme: Tenant, customer: Customer, carol: Account) -> None:
    """Somebody had mistyped it for Carol: whoever reads its mail is a stranger."""
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email_verified=False)
    change(customer)
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "Your email address at Acme was changed"
        assert "/undo/" not in mails_to(carol.email)[0].text
        create_account(email=carol.email, password=None, email_verified=True)


def test_nobody_else_gets_the_old_address_as_long_as_it_may_take_the_account_back(
    acme: Tenant, customer: Customer, carol: Account, dan: Account
) -> None:
    change(customer)
    old = carol.email
    with tenant_context(acme):
        with pytest.raises(EmailAddressTaken):
            create_account(email=old.upper(), password=None, email_verified=True)
        with pytest.raises(EmailAddressTaken):
            change_email(dan, email=old, actor=COMMAND)
        assert not Account.objects.with_email(old).exists()
        AddressChange.objects.update(expires_at=F("expires_at") - UNDO_FOR)
        create_account(email=old, password=None, email_verified=True)


def test_a02_an_address_that_has_an_account_is_refused_in_nobodys_sight(
    acme: Tenant, customer: Customer, carol: Account, dan: Account
) -> None:
    """Eve tries which addresses have accounts: both look the same, and the owner hears of it."""
    ask(customer, "nobody@acme.example")
    unknown = customer.text.replace("nobody@", "@")
    ask(customer, dan.email)
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|data-(wait|expires)="\d+"')
    assert strip.sub("", customer.text.replace("dan@", "@")) == strip.sub("", unknown)
    run_jobs()
    with tenant_context(acme):
        assert mails_to(dan.email)[0].subject == "Your email address at Acme"
        assert not re.search(r"\b\d{6}\b", mails_to(dan.email)[0].text)
    assert customer.submit({"code": "123456"}).status_code == 400
    assert address_of(carol, acme) == carol.email


def test_links_and_codes_at_the_old_address_open_nothing_any_more(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    with tenant_context(acme):
        send_password_link(carol, actor=COMMAND)
    run_jobs()
    with tenant_context(acme):
        (path,) = re.findall(r"/link/\S+", mails_to(carol.email)[0].text)

    change(customer)

    assert Customer(acme).visit(path).status_code == 410


def test_five_wrong_codes_are_enough_and_a_new_one_helps(acme: Tenant, customer: Customer, carol: Account) -> None:
    ask(customer)
    right = new_code(acme, NEW)
    for _ in range(5):
        customer.submit({"code": "000000" if right != "000000" else "000001"})
    assert "Too many wrong codes were entered for this address." in customer.text
    customer.submit({"code": right})
    assert "Too many wrong codes were entered for this address." in customer.text
    customer.path = "/profile/email/send/"
    customer.submit({})
    customer.submit({"code": new_code(acme, NEW)})
    assert address_of(carol, acme) == NEW


def test_a39_nobody_is_flooded_with_codes(acme: Tenant, customer: Customer, carol: Account) -> None:
    for _ in range(5):
        ask(customer)
    ask(customer)
    assert customer.page.status_code == 429
    assert f'value="{NEW}"' in customer.text


def test_a39_a_stranger_neither_floods_a_mailbox_nor_uses_up_its_owners_codes(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    """Eve has codes mailed to the address that Carol wants, from many accounts of hers."""
    sent = 0
    with tenant_context(acme):
        for eve in [Account(pk=uuid4()) for _ in range(12)]:
            for _ in range(5):
                with suppress(TooManyAttempts):
                    count_code_mailed(eve, NEW)
                    sent += 1
    assert sent == 12 * 3 + 20

    change(customer)

    assert address_of(carol, acme) == NEW


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("CAROL@acme.example", "This is your address already."),
        ("not an address", "Enter a valid email address"),
        ("carol@gmial.com", "Did you mean"),
    ],
)
def test_what_cannot_be_meant_is_said_and_stays(customer: Customer, carol: Account, typed: str, said: str) -> None:
    ask(customer, typed)
    assert said in customer.text
    assert typed in customer.text


def test_another_code_for_a_change_that_was_cancelled_at_the_same_time_is_not_sent(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    ask(customer)
    run_jobs()
    with tenant_context(acme):
        waits = AddressChange.objects.get()
        forget_change(carol)
        send_another_code(waits)
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 1


def test_whoever_changes_their_mind_keeps_the_address(acme: Tenant, customer: Customer, carol: Account) -> None:
    ask(customer)
    code = new_code(acme, NEW)
    customer.path = "/profile/email/cancel/"
    customer.submit({})
    assert "confirmed yet" not in customer.text
    customer.browser.post("/profile/email/code/", {"code": code})
    assert address_of(carol, acme) == carol.email
