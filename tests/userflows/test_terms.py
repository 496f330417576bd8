"""Terms of use: accepted before there is an account, and by everybody again when there are others."""

import re

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.providers.conftest import come_back
from tests.providers.conftest import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.providers.conftest import provider as provider  # noqa: PLC0414 - a fixture
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import CAROL, NINA
from tests.userflows.customer import Customer, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow, create_user_flow, set_page_layout, translate_terms
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NEW, COMMAND = "nora@acme.example", Actor.command()
BOX = 'name="accepts-terms"'
DETAILS = {"password": PASSWORD, "givenName": "Nora"}


def require_terms(acme: Tenant, version: str, **said: str) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, terms_version=version, **said, actor=COMMAND)


def accepting(customer: Customer) -> dict[str, str]:
    """What a browser sends once the box on the page is ticked."""
    found = re.search(r'<input type="checkbox" name="accepts-terms"[^>]* value="([^"]*)"', customer.text)
    assert found, customer.text
    return {"accepts-terms": found[1]}


def accepted(acme: Tenant, email: str) -> list[str]:
    with tenant_context(acme):
        return list(Account.objects.with_email(email).get().accepted_terms)


def at_the_details(acme: Tenant) -> Customer:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    return customer


def test_eve_has_no_account_without_accepting(acme: Tenant) -> None:
    require_terms(acme, "1")
    customer = at_the_details(acme)
    others = {"terms_version": "1", "accepted_terms": "1"}
    for sent in ({}, {"accepts-terms": ""}, {"accepts-terms": "false"}, {"accepts-terms": "on"}, others):
        assert customer.submit({**DETAILS, **sent}).status_code == 400
        assert "Accept the terms of use to continue." in customer.text
        assert not customer.is_signed_in
    with tenant_context(acme):
        assert not Account.objects.with_email(NEW).exists()


def test_eve_is_not_signed_in_before_she_has_accepted_the_new_ones(acme: Tenant, carol: Account) -> None:
    """A-28: neither by sending nothing, nor by leaving it for later, nor by going elsewhere."""
    require_terms(acme, "1")
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "<h1>Accept the terms of use</h1>" in customer.text
    for sent in ({}, {"not-now": "1"}, {"accepts-terms": "", "not-now": "1"}):
        assert customer.submit(sent).status_code == 400
        assert not customer.is_signed_in
    customer.submit({"password": PASSWORD}, to="password")
    assert BOX in customer.text
    assert not customer.is_signed_in


def test_who_signs_up_accepts_with_the_tenants_links_and_it_is_noted(acme: Tenant) -> None:
    require_terms(acme, "2026-11")
    brand(acme, privacy_url="https://acme.example/privacy", terms_url="https://acme.example/terms")
    customer = at_the_details(acme)
    assert customer.text.count('href="https://acme.example/terms"') == 1
    assert customer.text.count('href="https://acme.example/privacy"') == 1
    customer.submit({**DETAILS, **accepting(customer)})
    assert customer.is_signed_in
    assert accepted(acme, NEW) == ["2026-11"]
    customer.visit("/profile/")
    assert "Version <bdi>2026-11</bdi>" in customer.text
    assert "Accepted on" in customer.text
    assert BOX not in customer.text
    with tenant_context(acme):
        event = Event.objects.get(action="customer.terms_accepted")
        assert (event.details, event.user_flow) == ({"version": "2026-11"}, "Sign up and sign in")


def test_other_terms_are_accepted_once_by_whoever_signs_in(acme: Tenant, carol: Account) -> None:
    for version, title in (("1", "Accept the terms of use"), ("2", "Our terms of use have changed")):
        require_terms(acme, version)
        customer = Customer(acme)
        customer.sign_in(carol.email)
        assert f"<h1>{title}</h1>" in customer.text
        customer.submit(accepting(customer))
        assert customer.is_signed_in
        again = Customer(acme)
        again.sign_in(carol.email)
        assert again.is_signed_in
    assert accepted(acme, carol.email) == ["1", "2"]
    require_terms(acme, "")
    Customer(acme).sign_in(carol.email)


def test_each_user_flow_asks_for_its_own_terms_however_somebody_came_in(
    acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    require_terms(acme, "shop 1")
    with tenant_context(acme):
        flow = create_user_flow(name="Books", methods=("password",), terms_version="books 1", actor=COMMAND)
        change_application(bookshop, user_flow=flow.pk, actor=COMMAND)
    customer = Customer(acme)
    shop = RelyingParty(customer.browser, bookshop, bookshop_secret)
    customer.sign_in(carol.email)
    customer.submit(accepting(customer))
    assert customer.is_signed_in
    for version in ("books 1", "books 2"):
        with tenant_context(acme):
            change_user_flow(flow, terms_version=version, actor=COMMAND)
        # Signed in, and asked before the application has its answer.
        assert answer_in(shop.authorize(prompt="none"))["error"] == "interaction_required"
        customer.visit(shop.authorize()["Location"])
        assert BOX in customer.text
        asked = customer.browser.post(customer.path, accepting(customer))
        assert "code=" in asked["Location"]
        assert "code=" in shop.authorize()["Location"]
    # What two flows call the same is the same, and asked once.
    with tenant_context(acme):
        change_user_flow(flow, terms_version="shop 1", actor=COMMAND)
    assert "code=" in shop.authorize()["Location"]
    assert accepted(acme, carol.email) == ["shop 1", "books 1", "books 2"]


def test_what_was_accepted_stays_a_fact_on_the_profile_when_others_are_asked_for(acme: Tenant, carol: Account) -> None:
    brand(acme, terms_url="https://acme.example/terms")
    with tenant_context(acme):
        times = {"2026-01": "2026-01-05T09:00:00+00:00", "2026-02": "2026-02-06T09:00:00+00:00"}
        Account.objects.filter(pk=carol.pk).update(accepted_terms=times)
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    for asked in ("", "2026-03", "2026-02"):
        require_terms(acme, asked)
        customer.visit("/profile/")
        assert re.findall(r"Version <bdi>([^<]*)</bdi>", customer.text) == ["2026-02", "2026-01"]
        assert "Accepted on January 5, 2026" in customer.text
        # The link leads to the terms of now, which weren't those of then.
        assert customer.text.count('<strong><a href="https://acme.example/terms"') == (asked == "2026-02")


def test_nobody_accepts_what_they_have_not_seen(acme: Tenant, carol: Account) -> None:
    require_terms(acme, "1", terms_text="The old rules")
    signs_up, signs_in = at_the_details(acme), Customer(acme)
    signs_in.sign_in(carol.email)
    of_old = accepting(signs_up)
    assert of_old == accepting(signs_in)
    require_terms(acme, "2", terms_text="The new rules")

    for customer in (signs_up, signs_in):
        assert customer.submit({**DETAILS, **of_old}).status_code == 400
        assert "The new rules" in customer.text
        assert not re.search(BOX + r"[^>]* checked", customer.text)
        assert not customer.is_signed_in
    assert 'value="Nora"' in signs_up.text
    assert "Your password is kept" in signs_up.text

    signs_up.submit({"givenName": "Nora", **accepting(signs_up)})
    signs_in.submit(accepting(signs_in))
    assert accepted(acme, NEW) == accepted(acme, carol.email) == ["2"]


def test_no_other_way_in_leads_past_them(
    acme: Tenant, carol: Account, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    """By an account elsewhere, as somebody new or one that is known here, or by a new password."""
    require_terms(acme, "1")
    with tenant_context(acme):
        set_page_layout(UserFlow.objects.get(is_default=True), layout=(), actor=COMMAND)
    elsewhere.person = NINA
    nina = Customer(acme)
    come_back(nina, provider, elsewhere)
    assert BOX in nina.text
    nina.submit(accepting(nina))
    assert nina.is_signed_in
    assert accepted(acme, "nina@new.example") == ["1"]
    require_terms(acme, "2")
    again = Customer(acme)
    come_back(again, provider, elsewhere)
    assert BOX in again.text
    assert not again.is_signed_in
    elsewhere.person = CAROL
    linking = Customer(acme)
    come_back(linking, provider, elsewhere)
    linking.submit({"password": PASSWORD})
    assert BOX in linking.text
    assert not linking.is_signed_in
    forgot = Customer(acme)
    forgot.visit("/reset/")
    forgot.submit({"email": carol.email})
    run_jobs()
    forgot.submit({"code": new_code(acme, carol.email)})
    forgot.submit({"password": "another horse battery staple"})
    assert BOX in forgot.text
    assert not forgot.is_signed_in
    forgot.submit(accepting(forgot))
    assert forgot.is_signed_in


def test_c01_a_flow_may_say_it_in_its_own_words_and_in_each_language(acme: Tenant) -> None:
    own = "I agree to <b>these</b> [rules](https://acme.example/rules)"
    require_terms(acme, "1", terms_text=own)
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        german = "Ich bin einverstanden: [Regeln](https://acme.example/regeln)"
        translate_terms(flow, language="de", text=german, actor=COMMAND)
    assert '&lt;b&gt;these&lt;/b&gt; <a href="https://acme.example/rules"' in at_the_details(acme).text
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert 'Ich bin einverstanden: <a href="https://acme.example/regeln"' in customer.text


@pytest.mark.parametrize(
    "said",
    [
        {"terms_version": "v" * 33},
        {"terms_version": "1\u202e"},
        {"terms_text": "[x](javascript:alert(1))"},
        {"terms_text": "x" * 513},
        {"terms_translations": {"de": "[x](data:text/html)"}},
    ],
)
def test_what_customers_could_not_read_or_follow_is_refused(acme: Tenant, said: dict[str, str]) -> None:
    with tenant_context(acme), pytest.raises(Refused):
        change_user_flow(UserFlow.objects.get(is_default=True), **said, actor=COMMAND)
