"""Another password from the profile: by the one that is known, or by a code, and never the same again."""

from collections.abc import Callable
from functools import partial

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from accounts.sessions.services import sign_out_everywhere, sign_out_other_browsers
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
ANOTHER = "a wholly different password"


@pytest.fixture
def changing(acme: Tenant, carol: Account) -> Customer:
    """Carol, signed in, who has pressed on "Change password"."""
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert 'href="/t/acme/profile/password/"' in customer.text
    customer.visit("/profile/password/")
    return customer


def test_carol_confirms_that_it_is_her_and_chooses_another(acme: Tenant, changing: Customer, carol: Account) -> None:
    elsewhere = Customer(acme)
    elsewhere.sign_in(carol.email)
    assert "<h1>Confirm it's you</h1>" in changing.text
    assert carol.email in changing.text
    assert "Step 1" not in changing.text
    assert "Back to your profile" in changing.text
    assert "Forgot password?" not in changing.text
    assert "Don't have an account?" not in changing.text
    changing.submit({"password": PASSWORD})
    changing.submit({"password": ANOTHER})
    assert changing.path == "/t/acme/profile/"
    assert "Your new password is saved." in changing.text
    assert changing.is_signed_in
    assert not elsewhere.is_signed_in
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "Your password for Acme was changed"
        assert Event.objects.filter(action="customer.password_changed").count() == 1
    again = Customer(acme)
    again.sign_in(carol.email, ANOTHER)
    assert again.is_signed_in


def test_the_old_password_is_no_new_one(changing: Customer) -> None:
    changing.submit({"password": PASSWORD})
    assert changing.submit({"password": PASSWORD}).status_code == 400
    assert "This is your password already." in changing.text


def test_whoever_has_forgotten_it_confirms_by_a_code(acme: Tenant, changing: Customer, carol: Account) -> None:
    changing.submit(to="send")
    run_jobs()
    changing.submit({"code": changing.code_from_mail(carol.email)})
    assert "<h1>Choose a new password</h1>" in changing.text
    changing.submit({"password": ANOTHER})
    assert changing.is_signed_in


def test_a_session_left_open_is_not_enough_to_change_the_password(
    acme: Tenant, changing: Customer, carol: Account
) -> None:
    """Eve sits down before Carol's open browser: she skips the step, guesses, and brings an account of her own."""
    changing.submit({"password": ANOTHER}, to="new-password")
    assert "<h1>Confirm it's you</h1>" in changing.text
    assert changing.submit({"password": "a guess"}).status_code == 400
    changing.submit({"email": "eve@acme.example"}, to="address")
    assert "<h1>Confirm it's you</h1>" in changing.text
    assert carol.email in changing.text
    with tenant_context(acme):
        carol.refresh_from_db()
        assert carol.check_password(PASSWORD)


def test_a_page_left_open_changes_nothing_for_who_signs_in_meanwhile(
    acme: Tenant, changing: Customer, carol: Account
) -> None:
    """The journey is Carol's: what it changes is her password, whoever has signed in beside it."""
    changing.submit({"password": PASSWORD})
    with tenant_context(acme):
        Journey.objects.filter(purpose="change").update(account_id=None)
    changing.submit({"password": ANOTHER})
    with tenant_context(acme):
        carol.refresh_from_db()
        assert carol.check_password(PASSWORD)


def test_nobody_changes_a_password_without_signing_in_first(acme: Tenant) -> None:
    stranger = Customer(acme)
    stranger.visit("/profile/password/")
    assert "<h1>Sign in</h1>" in stranger.text


@pytest.mark.parametrize("by", ["password", "code"])
def test_a25_whoever_comes_after_a_sign_out_finds_no_page_to_change_it_on(
    acme: Tenant, changing: Customer, carol: Account, by: str
) -> None:
    if by == "password":
        changing.submit({"password": PASSWORD})
    else:
        changing.visit("/reset/")
        changing.submit({"email": carol.email})
        run_jobs()
        changing.submit({"code": changing.code_from_mail(carol.email)})
    page = changing.path
    assert page.endswith("/new-password/")
    changing.browser.post("/sign-out/")
    assert changing.visit(page).status_code == 410
    assert changing.submit({"password": ANOTHER}).status_code == 410
    assert not changing.is_signed_in
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).check_password(PASSWORD)


def test_a_journey_of_another_kind_does_not_turn_into_a_change(acme: Tenant, carol: Account) -> None:
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.switch("change", email=carol.email)
    with tenant_context(acme):
        journey = Journey.objects.get()
    assert (journey.purpose, journey.email) == ("sign_in", "")


def test_where_there_are_no_passwords_there_is_none_to_change(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=("code",), allows_sign_up=True, actor=Actor.command())
    customer.visit("/profile/password/")
    assert customer.path == "/t/acme/profile/"
    assert "Change password" not in customer.text


def test_password_managers_find_the_page(changing: Customer) -> None:
    changing.visit("/.well-known/change-password")
    assert "<h1>Confirm it's you</h1>" in changing.text


@pytest.mark.parametrize("end", [sign_out_everywhere, partial(sign_out_other_browsers, sid="hers")])
def test_a25_a_change_that_was_proved_in_a_browser_ends_when_it_is_signed_out_elsewhere(
    acme: Tenant, changing: Customer, carol: Account, end: Callable[..., int]
) -> None:
    """Eve knows the password and waits on the last page while Carol signs her out."""
    changing.submit({"password": PASSWORD})
    with tenant_context(acme):
        end(carol, actor=Actor.command())
    changing.submit({"password": ANOTHER})
    again = Customer(acme)
    again.sign_in(carol.email)
    assert again.is_signed_in
