"""Where nobody signs in with a password, or an account has none, no page and no mail speaks of one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.services.passwords import remove_password
from accounts.identity.services.closing import ask_for_deletion
from accounts.models import Account, AddressChange, Recovery
from applications.models import Application
from audit.services import Actor
from common.crypto.digests import digest_of
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, grow_old
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.factors.recovery_jobs import RETURNED, STOPPED, send_recovery_link, send_recovery_notice
from userflows.factors.recovery_links import link_to_stop
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.journeys.jobs import GO_ON, GUESSING, GUESSING_FACTOR, send_protection_notice
from userflows.journeys.securing.owners_links import owners_link
from userflows.links.services import send_password_link
from userflows.models import Journey, UserFlow
from userflows.own_account.jobs import send_deletion_notice
from userflows.state import NEVER

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NEW_PASSWORD = "a wholly different password"
BOTH, BY_CODE = ("password", "code"), ("code",)
# Ways to sign in, and whether Carol has a password.
ANY_WITHOUT = pytest.mark.parametrize(("methods", "has_one"), [(BY_CODE, True), (BOTH, False)])


def sign_in_by(tenant: Tenant, carol: Account, methods: tuple[str, ...], *, has_one: bool = True) -> None:
    with tenant_context(tenant):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=methods, asks_passkey=NEVER, actor=COMMAND)
        if not has_one:
            remove_password(carol, actor=COMMAND)
        carol.refresh_from_db()
        forget_everything()


def speaks(text: str) -> bool:
    return "password" in text.casefold()


def mailed(tenant: Tenant, carol: Account) -> Iterator[tuple[str, str]]:
    """Each mail in which a password may be named: what it is about, and all it says."""
    with tenant_context(tenant):
        flow, later = UserFlow.objects.get(is_default=True), timezone.now() + timedelta(hours=1)
        journey = Journey.objects.create(user_flow=flow, email=carol.email, account_id=carol.pk, expires_at=later)
        ask_for_deletion(carol, actor=COMMAND)
        assert carol.closes_at
        deletion = (str(carol.pk), carol.closes_at.isoformat())
        for what, send in (
            *((each, lambda each=each: send_protection_notice.func(str(journey.pk), each)) for each in PROTECTING),
            ("deletion", lambda: send_deletion_notice.func(*deletion)),
            ("recovery", lambda: send_recovery_link.func(str(journey.pk))),
            *((each, lambda each=each: send_recovery_notice.func(each, str(carol.pk))) for each in (STOPPED, RETURNED)),
        ):
            before = len(mails_to(carol.email))
            send()
            newest, *others = mails_to(carol.email)
            assert len(others) == before
            yield what, f"{newest.subject} {newest.text} {newest.html}"


PROTECTING = (GUESSING, GUESSING_FACTOR, GO_ON)


@pytest.mark.parametrize(
    ("methods", "has_one", "named_in"),
    [
        (BOTH, True, {GUESSING, GUESSING_FACTOR, "deletion", "recovery", STOPPED, RETURNED}),
        # Whoever guesses may have tried some all the same.
        (BOTH, False, {GUESSING}),
        (BY_CODE, True, set()),
    ],
)
def test_mails_name_a_password_where_there_is_one(
    acme: Tenant, carol: Account, methods: tuple[str, ...], has_one: bool, named_in: set[str]
) -> None:
    sign_in_by(acme, carol, methods, has_one=has_one)

    assert {what for what, said in mailed(acme, carol) if speaks(said)} == named_in


@ANY_WITHOUT
def test_an_account_is_secured_and_its_owner_signs_in_again(
    acme: Tenant, carol: Account, methods: tuple[str, ...], has_one: bool
) -> None:
    sign_in_by(acme, carol, methods, has_one=has_one)
    with tenant_context(acme):
        path = urlsplit(owners_link(carol)).path
    owner = Customer(acme)
    owner.visit(path)
    assert "it's signed out everywhere, and you sign in again" in owner.text
    assert not speaks(owner.text)

    owner.submit({"do": "secure"})

    assert "Your account is secured: nobody is signed in to it any more.</p>" in owner.text
    assert "<h1>Sign in or sign up</h1>" in owner.text
    owner.submit({"email": carol.email})
    assert not speaks(owner.text)
    owner.submit({"code": new_code(acme, carol.email)})
    assert owner.is_signed_in


@ANY_WITHOUT
def test_what_the_links_of_mails_undo_and_stop_is_no_password(
    acme: Tenant, carol: Account, methods: tuple[str, ...], has_one: bool
) -> None:
    sign_in_by(acme, carol, methods, has_one=has_one)
    with tenant_context(acme):
        now = timezone.now()
        about = {"account_id": carol.pk, "after": "eve@acme.example", "done_at": now, "digest": digest_of("token")}
        kept = {"before": carol.email, "canonical_before": carol.canonical_email, "expires_at": now + timedelta(days=1)}
        AddressChange.objects.create(**about, **kept)
        recovery = Recovery.objects.create(account_id=carol.pk, asked_at=now)
        Account.objects.filter(pk=carol.pk).update(recovers_at=now + timedelta(hours=72))
        stop = urlsplit(link_to_stop(recovery)).path
    owner = Customer(acme)
    owner.visit("/profile/email/undo/token/")
    assert "It's signed out everywhere, and its recovery codes stop working." in owner.text
    assert not speaks(owner.text)
    owner.visit(stop)
    owner.submit()
    assert "Someone who can read your email asked for this." in owner.text
    assert not speaks(owner.text)


def test_whoever_has_none_yet_sets_one_up_by_a_code(acme: Tenant, carol: Account) -> None:
    sign_in_by(acme, carol, BOTH, has_one=False)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit(to="send")
    customer.submit({"code": new_code(acme, carol.email)}, to="code")
    assert "Change password" not in customer.text
    assert 'Set up<span class="hidden"> · Password</span>' in customer.text
    assert "Change your password" not in customer.visit("/profile/activity/").content.decode()

    customer.visit("/profile/password/")
    assert "Enter your current password" not in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    customer.submit({"password": NEW_PASSWORD})

    assert customer.path == "/t/acme/profile/"
    assert "Change password" in customer.text
    assert "Change your password" in customer.visit("/profile/activity/").content.decode()


def test_whoever_has_none_is_asked_for_none_before_their_account_changes(acme: Tenant, carol: Account) -> None:
    sign_in_by(acme, carol, BOTH, has_one=False)
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": carol.email})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert mail.subject == "You already have an account at Acme"
    assert not speaks(mail.text + mail.html)
    customer.submit({"code": mail.text.partition("Your code: ")[2][:6]})
    grow_old(carol, home=acme, seconds=301)
    for path in ("/profile/email/", "/profile/app/set-up/", "/sign-in/again/?next=/t/acme/profile/email/"):
        customer.visit(path)
        assert "<h1>Confirm it's you</h1>" in customer.text, path
        assert not speaks(customer.text), path

    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})

    assert "<h1>Change your email address</h1>" in customer.text


def test_where_no_user_flow_takes_one_none_is_offered_anywhere(acme: Tenant, carol: Account) -> None:
    sign_in_by(acme, carol, BY_CODE)
    assert Browser(acme).get("/.well-known/change-password").status_code == 404
    customer = Customer(acme)
    for path in ("/reset/", "/sign-in/", "/sign-up/"):
        customer.visit(path)
        assert not speaks(customer.text), path
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert not speaks(customer.text)
    customer.submit({"code": new_code(acme, carol.email)})
    for path in ("/profile/", "/profile/activity/", "/profile/password/", "/profile/data/", "/profile/passkeys/"):
        customer.visit(path)
        assert customer.page.status_code == 200
        assert not speaks(customer.text), path


def test_a_link_to_a_new_password_lets_in_where_there_are_none_any_more(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    actions, in_menu = f"/tenants/acme/customers/{carol.pk}/", "Send link to a new password"
    assert in_menu in ada_portal.get(actions).content.decode()
    with tenant_context(acme):
        send_password_link(carol, actor=COMMAND)
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"/t/acme(/link/\S+)", mails_to(carol.email)[0].text)
    assert found
    sign_in_by(acme, carol, BY_CODE)
    assert in_menu not in ada_portal.get(actions).content.decode()
    customer = Customer(acme)
    customer.visit(found[1])
    assert "<h1>Sign in</h1>" in customer.text
    assert not speaks(customer.text)
    customer.submit()
    assert customer.is_signed_in


def test_where_another_user_flow_takes_one_it_is_chosen_by_that(
    acme: Tenant, carol: Account, bookshop: Application
) -> None:
    sign_in_by(acme, carol, BY_CODE)
    with tenant_context(acme):
        shop = create_user_flow(name="Shop", methods=("password",), allows_sign_up=True, actor=COMMAND)
    assert Browser(acme).get("/.well-known/change-password").status_code == 404
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(user_flow=shop)
        forget_everything()
        path = urlsplit(owners_link(carol)).path
    assert Browser(acme).get("/.well-known/change-password").status_code == 303
    owner = Customer(acme)
    owner.visit(path)
    assert "its password stops working, and you choose a new one" in owner.text

    owner.submit({"do": "secure"})

    assert "its old password no longer works" in owner.text
    owner.submit({"email": carol.email})
    owner.submit({"code": new_code(acme, carol.email)})
    owner.submit({"password": NEW_PASSWORD})
    assert owner.is_signed_in
    stranger = Customer(acme)
    stranger.visit("/reset/")
    assert "<h1>Reset your password</h1>" in stranger.text


def test_whoever_came_without_one_finds_the_password_that_another_flow_takes(
    acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        shop = create_user_flow(name="Shop", methods=("password",), allows_sign_up=True, actor=COMMAND)
        Application.objects.filter(pk=bookshop.pk).update(user_flow=shop)
    sign_in_by(acme, carol, BY_CODE)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    assert 'href="/t/acme/profile/password/">Change password</a>' in customer.text
    customer.visit("/profile/activity/")
    assert "Change your password" in customer.text

    customer.visit("/profile/password/")
    customer.submit({"password": PASSWORD})
    customer.submit({"password": NEW_PASSWORD})

    assert "Your new password is saved." in customer.text
    with tenant_context(acme):
        carol.refresh_from_db()
        assert carol.check_password(NEW_PASSWORD)
        remove_password(carol, actor=COMMAND)
    again = Customer(acme)
    again.browser.sign_in(carol)
    again.visit("/profile/")
    assert 'href="/t/acme/profile/password/"' not in again.text
