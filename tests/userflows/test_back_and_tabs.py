"""Back, reload, two tabs: wherever a customer comes from, a page follows that fits."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import PASSWORD, Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts.holds import kept_out
from userflows.journeys.dead_ends import SECOND_PRESS
from userflows.models import Journey, UserFlow
from userflows.steps.address import actions

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
OUT_OF_DATE = "This page was out of date, so nothing was changed."


@pytest.fixture
def both_ways(acme: Tenant) -> None:
    """Acme's customers sign in with a password or a code."""
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=("password", "code"), allows_sign_up=True, actor=Actor.command())


def test_r41_an_address_that_is_sent_again_at_once_is_mailed_no_other_code(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost, and the form reloaded. The code that is read by then stays good."""
    nora = Customer(acme)
    nora.visit("/sign-up/")
    address = nora.path
    nora.submit({"email": NEW})
    code = new_code(acme, NEW)
    nora.path = address
    nora.submit({"email": NEW})
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 1
    nora.submit({"code": code})
    assert "<h1>Complete your account</h1>" in nora.text
    # Who comes back to it later wants another.
    monkeypatch.setattr(actions, "SECONDS_BEFORE_RESEND", 0)
    other, email = Customer(acme), "other@acme.example"
    other.visit("/sign-up/")
    address = other.path
    for number in (1, 2):
        other.path = address
        other.submit({"email": email})
        run_jobs()
        with tenant_context(acme):
            assert len(mails_to(email)) == number


def test_a_code_that_was_guessed_at_too_often_is_not_on_its_way(acme: Tenant) -> None:
    """Nora has mistyped it, and sends her address again at once."""
    nora = Customer(acme)
    nora.visit("/sign-up/")
    address = nora.path
    nora.submit({"email": NEW})
    wrong = f"{(int(new_code(acme, NEW)) + 1) % 10**6:06}"
    for _ in range(5):
        nora.submit({"code": wrong})
    nora.path = address
    nora.submit({"email": NEW})
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 2


def test_a_refused_form_may_be_gone_back_to_until_somebody_is_signed_in(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert customer.submit({"email": "carol"})["Cache-Control"] == "private, no-cache"
    customer.submit({"email": carol.email})
    assert customer.submit({"password": "a wrong one"})["Cache-Control"] == "private, no-cache"
    assert "a wrong one" not in customer.text
    customer.sign_in(carol.email)
    profile = customer.submit({"givenName": "x" * 300})
    assert profile.status_code == 400
    assert profile["Cache-Control"] == "no-store"


def test_a_used_up_limit_is_all_that_a_button_is_answered(acme: Tenant, carol: Account, both_ways: None) -> None:
    customer = Customer(acme)
    for _ in range(5):
        customer.visit("/sign-in/")
        customer.submit({"email": carol.email})
        customer.submit(to="send")
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    password = customer.path
    assert customer.submit(to="send").status_code == 429
    assert "You can request another code in 60 minutes." in customer.text
    assert customer.path == f"{password}?refused"
    assert 'data-told="refused told stale"' in customer.text
    assert "Enter your password." not in customer.text
    assert f'action="{password}"' in customer.text


@pytest.mark.parametrize("button", ["send", "switch", "again"])
def test_the_address_of_a_button_leads_to_the_step(acme: Tenant, carol: Account, button: str) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    step = customer.path
    assert customer.visit(step.replace("password", button)).status_code == 200
    assert customer.path == step


def _token(customer: Customer) -> str:
    """What proves that a form came from the page on which the customer stands."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', customer.text)
    assert found
    return found[1]


def test_a_form_left_open_leads_to_where_its_journey_is_after_a_sign_in_in_another_tab(
    acme: Tenant, carol: Account
) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.visit("/sign-in/")
    left_open = customer.path
    customer.submit({"email": carol.email, "csrfmiddlewaretoken": _token(customer)})
    token = _token(customer)
    customer.submit({"password": PASSWORD, "csrfmiddlewaretoken": token})
    assert customer.is_signed_in
    customer.path = left_open
    customer.submit({"email": "heidi@acme.example", "csrfmiddlewaretoken": token})
    assert OUT_OF_DATE in customer.text
    assert re.search(r'href="/t/acme/profile/[^"]*">Continue', customer.text)
    with tenant_context(acme):
        Journey.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    customer.path = left_open
    customer.submit({"email": carol.email, "csrfmiddlewaretoken": token})
    assert "This page has expired" in customer.text


def test_a_form_left_open_says_that_nothing_was_done_after_another_sign_in_beside_it(
    acme: Tenant, carol: Account
) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.visit("/sign-in/")
    left_open, token = customer.path, _token(customer)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email, "csrfmiddlewaretoken": _token(customer)})
    customer.submit({"password": PASSWORD, "csrfmiddlewaretoken": _token(customer)})
    assert customer.is_signed_in
    customer.path = left_open
    customer.submit({"email": "heidi@acme.example", "csrfmiddlewaretoken": token})
    assert OUT_OF_DATE in customer.text
    customer.submit({"email": "heidi@acme.example", "csrfmiddlewaretoken": _token(customer)})
    assert OUT_OF_DATE not in customer.text
    assert "heidi@acme.example" in customer.text


@pytest.mark.parametrize(
    ("origins", "ago", "onward"),
    [
        (["https://bookshop.example"], SECOND_PRESS * 2, 'href="https://bookshop.example/">Continue'),
        (["https://bookshop.example"], timedelta(hours=2), 'href="https://bookshop.example/">Continue'),
        (["com.example.app:"], SECOND_PRESS * 2, "You can go back to <bdi>Bookshop</bdi> and close this page."),
    ],
)
def test_what_is_sent_after_another_tab_came_to_the_end_isnt_dropped_without_a_word(
    acme: Tenant, origins: list[str], ago: timedelta, onward: str
) -> None:
    """Nora has signed up in one tab, and presses in the other, where she typed another surname."""
    nora = Customer(acme)
    nora.visit("/sign-up/")
    nora.submit({"email": NEW})
    nora.submit({"code": new_code(acme, NEW)})
    details, sent = nora.path, {"password": PASSWORD, "givenName": "Nora", "surname": "Novak"}
    nora.submit(sent)
    assert nora.is_signed_in
    with tenant_context(acme):
        Journey.objects.update(finished_at=timezone.now() - ago, redirect_origins=origins, application_name="Bookshop")
    nora.path = details
    nora.submit({**sent, "surname": "Nowak"})
    assert OUT_OF_DATE in nora.text
    assert onward in nora.text
    assert nora.path == details
    with tenant_context(acme):
        assert Account.objects.get(email=NEW).surname == "Novak"


def test_a_password_is_tried_at_no_account_but_the_one_that_its_page_shows(acme: Tenant, carol: Account) -> None:
    """Another tab has given Carol's address since. Neither is Heidi's password tried there, nor is that counted."""
    customer = Customer(acme)
    customer.visit("/sign-in/")
    address = customer.path
    customer.submit({"email": "heidi@acme.example"})
    left_open = customer.path
    customer.path = address
    customer.submit({"email": carol.email})
    customer.path = left_open
    for name in ("heidi@acme.example", "heidi", "<b>@acme.example"):
        answer = customer.submit({"username": name, "password": PASSWORD, "stay": "on"})
        assert answer.status_code == 400
        told = f'This page was for <bdi dir="ltr">{escape(name)}</bdi>, so nothing was checked yet.'
        assert told in customer.text
        assert f'name="username" value="{carol.email}"' in customer.text
        assert "password-wrong" not in customer.text
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert not Event.objects.filter(action="customer.sign_in_failed").exists()
        assert not kept_out(carol.email)
    customer.submit({"username": carol.email, "password": PASSWORD})
    assert customer.is_signed_in


@pytest.mark.parametrize("spelt", ["Carol@ACME.example", " carol@acme.example", "carol＠acme.example", ""])
def test_a_password_is_tried_however_the_browser_spells_its_address(acme: Tenant, carol: Account, spelt: str) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": "CAROL@acme.example"})
    customer.submit({"username": spelt, "password": PASSWORD})
    assert customer.is_signed_in


def test_a_form_without_its_token_changes_nothing(acme: Tenant, carol: Account) -> None:
    """A-32."""
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.visit("/sign-in/")
    step = customer.path
    customer.submit({"email": carol.email})
    assert customer.path == f"{step}?stale"
    assert carol.email not in customer.text
    assert OUT_OF_DATE in customer.text
    stranger = Browser(acme, checks_csrf=True)
    assert stranger.post(step, {"email": carol.email}).status_code == 403
    with tenant_context(acme):
        assert Journey.objects.get().email == ""
