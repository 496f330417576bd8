"""A tab that was opened yesterday says what has happened and leads on by one press, with what was typed where that can
be kept.
"""

from uuid import UUID

import pytest
from django.http import HttpRequest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.along import (
    NEW,
    Opened,
    at_address,
    at_code,
    at_details,
    at_new_password,
    at_password,
    at_second_factor,
)
from tests.userflows.customer import Customer, mails_to, new_code
from tests.userflows.later import a_day_passes
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.journeys import entry
from userflows.journeys.entry import any_journey_of
from userflows.links.services import send_password_link
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db
TYPED = {"givenName": "Nora", "surname": ""}
EXPIRED = "<h1>This page has expired</h1>"


# Where somebody stands, what they send a day later, and what stands in the page that one press leads to.
STEPS: dict[Opened, tuple[dict[str, str], str]] = {
    at_address: ({"email": "carol@acme.example"}, 'value="carol@acme.example"'),
    at_password: ({"password": PASSWORD}, 'value="carol@acme.example"'),
    at_second_factor: ({"code": "000000"}, 'value="carol@acme.example"'),
    at_new_password: ({"password": "another good password"}, 'value="carol@acme.example"'),
    at_code: ({"code": "000000"}, f'value="{NEW}"'),
    at_details: ({**TYPED, "password": PASSWORD}, f'value="{NEW}"'),
}


@pytest.mark.parametrize("at", STEPS, ids=[at.__name__ for at in STEPS])
def test_eve_goes_on_by_no_page_of_yesterday_and_its_owner_by_one_press(
    acme: Tenant, carol: Account, at: Opened
) -> None:
    customer = at(acme, carol)
    a_day_passes(acme)
    sent, shown = STEPS[at]
    for press in (None, sent):
        customer.page = customer.browser.post(customer.path, press) if press else customer.browser.get(customer.path)
        assert customer.page.status_code == 410
        assert EXPIRED in customer.text
    eve = Customer(acme)
    eve.path = customer.path
    assert eve.submit(sent).status_code == 404
    customer.submit(to="again")
    assert customer.page.status_code == 200
    assert shown in customer.text
    assert not customer.is_signed_in


def test_what_was_typed_yesterday_is_there_again_for_whoever_proves_the_same_address(
    acme: Tenant, carol: Account
) -> None:
    customer = at_details(acme, carol)
    a_day_passes(acme)
    customer.submit({**TYPED, "password": PASSWORD})
    customer.submit(to="again")
    customer.submit({"email": NEW})
    assert "Nora" not in customer.text
    customer.submit({"code": new_code(acme, NEW)})
    assert 'value="Nora"' in customer.text
    assert PASSWORD not in customer.text
    customer.submit({"givenName": "Nora", "surname": "New", "password": PASSWORD})
    assert customer.is_signed_in


def test_eve_who_gives_another_address_at_the_same_computer_reads_nothing_of_it(acme: Tenant, carol: Account) -> None:
    customer = at_details(acme, carol)
    a_day_passes(acme)
    customer.submit({**TYPED, "password": PASSWORD})
    customer.submit(to="again")
    customer.submit({"email": "eve@acme.example"})
    customer.submit({"code": new_code(acme, "eve@acme.example")})
    assert "<h1>Complete your account</h1>" in customer.text
    assert "Nora" not in customer.text


def test_pages_that_were_answered_yesterday_are_there_again_beside_what_was_sent_too_late(
    acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        layout = (AttributeLayout("givenName"), AttributeLayout("city", begins_page=True))
        change_user_flow(UserFlow.objects.get(is_default=True), attributes=layout, actor=Actor.command())
    customer = at_details(acme, carol)
    customer.submit({"givenName": "Nora", "password": PASSWORD})
    a_day_passes(acme)
    customer.submit(to="again")
    customer.submit({"email": NEW})
    customer.submit({"code": new_code(acme, NEW)})
    assert 'value="Nora"' in customer.text


def test_a_page_of_a_journey_that_is_swept_as_it_is_sent_says_so(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = at_details(acme, carol)
    a_day_passes(acme)

    def sweep_behind(request: HttpRequest, journey_id: UUID) -> Journey | None:
        journey = any_journey_of(request, journey_id)
        Journey.objects.filter(pk=journey_id).delete()
        return journey

    monkeypatch.setattr(entry, "any_journey_of", sweep_behind)
    customer.submit(TYPED)
    assert customer.page.status_code == 410
    assert EXPIRED in customer.text


@pytest.mark.parametrize("kind", ["way", "password"])
def test_a_link_of_a_mail_of_yesterday_says_so_and_leads_on(acme: Tenant, carol: Account, kind: str) -> None:
    with tenant_context(acme):
        if kind == "way":
            change_user_flow(UserFlow.objects.get(is_default=True), methods=("link",), actor=Actor.command())
        else:
            send_password_link(carol, actor=Actor.command())
    customer = at_password(acme, carol)
    run_jobs()
    with tenant_context(acme):
        text = next(mail.text for mail in mails_to(carol.email) if "/t/acme/" in mail.text)
    link = "/" + text.split("/t/acme/")[1].split()[0]
    a_day_passes(acme)
    for browser in (customer.browser, Browser(acme)):
        page = browser.get(link)
        assert page.status_code == 410
        assert 'class="primary"' in page.content.decode()
