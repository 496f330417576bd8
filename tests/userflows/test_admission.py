"""Whom a user flow lets sign up: by the domain of the address, by invitation alone, from an age on."""

import re
from datetime import date, timedelta

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, CustomAttribute
from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.providers.conftest import come_back
from tests.providers.conftest import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.providers.conftest import provider as provider  # noqa: PLC0414 - a fixture
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import NINA
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.admission.ages import age_on
from userflows.admission.domains import is_disposable, is_taken
from userflows.admission.rules import AdmissionRules
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.removal import delete_attribute_everywhere
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.journeys.account import admission
from userflows.links.services import invite_customer
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
EVE, KIM = "eve@mailinator.com", "kim@acme.example"
REFUSED = "You can&#x27;t use an address at mailinator.com here."


def change(acme: Tenant, **values: object) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), **values, actor=COMMAND)


def has_account(acme: Tenant, email: str) -> bool:
    with tenant_context(acme):
        return Account.objects.with_email(email).exists()


def reasons(acme: Tenant) -> list[str]:
    with tenant_context(acme):
        return list(Event.objects.filter(action="customer.sign_up_failed").values_list("reason", flat=True))


# --- Domains ---


@pytest.mark.parametrize("email", [EVE, "Eve@MAILINATOR.com.", "eve@\uff4dailinator.com", "eve@mx.mailinator.com"])
def test_a33_eve_signs_up_with_no_disposable_address_however_she_writes_it(acme: Tenant, email: str) -> None:
    change(acme, refuses_disposable=True)
    eve = Customer(acme)
    eve.visit("/sign-up/")
    assert eve.submit({"email": email}).status_code == 400
    assert "Use another one." in eve.text
    assert 'aria-invalid="true"' in eve.text
    run_jobs()
    with tenant_context(acme):
        assert not mails_to(EVE)
    assert reasons(acme) == ["address_not_taken"]


def test_a33_eve_gets_around_it_neither_by_signing_in_nor_by_the_link_to_another_way(acme: Tenant) -> None:
    change(acme, methods=("code",), blocked_domains=("mailinator.com",))
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.submit({"email": EVE})
    assert eve.submit({"code": new_code(acme, EVE)}).status_code == 403
    assert "<h1>Use another email address</h1>" in eve.text
    eve.visit("/sign-in/")
    eve.switch("sign_up", email=EVE)
    eve.submit({"code": "000000"}, to="code")
    assert not has_account(acme, EVE)


def test_a33_nobody_comes_around_it_by_a_provider(
    acme: Tenant, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    change(acme, allowed_domains=("acme.example",))
    elsewhere.person = NINA
    nina = Customer(acme)
    come_back(nina, provider, elsewhere)
    assert nina.page.status_code == 403
    assert "new.example" in nina.text
    assert not has_account(acme, "nina@new.example")
    change(acme, allowed_domains=("*.example",))
    again = Customer(acme)
    come_back(again, provider, elsewhere)
    assert "<h1>Complete your account</h1>" in again.text


def test_c09_an_address_at_the_right_domain_opens_nothing_before_somebody_has_read_its_mail(
    acme: Tenant, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    """Eve writes one down, and has a provider tell one that it doesn't vouch for."""
    change(acme, allowed_domains=("acme.example",))
    typing, coming = Customer(acme), Customer(acme)
    typing.sign_up_to_code("boss@acme.example")
    assert typing.submit({"code": "000000"}).status_code == 400
    elsewhere.person = {**NINA, "email": "boss@acme.example", "email_verified": False}
    come_back(coming, provider, elsewhere)
    for eve in (typing, coming):
        assert "boss@acme.example" in eve.text
        assert 'name="code"' in eve.text
        eve.submit({"givenName": "Eve", "surname": "E"}, to="details")
        assert not eve.is_signed_in
    assert not has_account(acme, "boss@acme.example")


def test_who_has_an_account_already_signs_in_as_before_and_changes_to_no_such_address(
    acme: Tenant, carol: Account
) -> None:
    change(acme, allowed_domains=("elsewhere.example",))
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert customer.is_signed_in
    customer.visit("/profile/email/")
    assert customer.submit({"email": EVE}).status_code == 400
    assert REFUSED in customer.text
    assert f'value="{EVE}"' in customer.text


@pytest.mark.parametrize(
    ("email", "rules", "is_good"),
    [
        ("a@example.com", AdmissionRules(), True),
        ("a@example.com", AdmissionRules(allowed_domains=("example.com",)), True),
        ("a@mx.example.com", AdmissionRules(allowed_domains=("example.com",)), False),
        ("a@mx.example.com", AdmissionRules(allowed_domains=("*.example.com",)), True),
        ("a@example.com", AdmissionRules(allowed_domains=("*.example.com",)), False),
        ("a@notexample.com", AdmissionRules(allowed_domains=("*.example.com", "example.com")), False),
        ("a@BÜCHER.example", AdmissionRules(blocked_domains=("xn--bcher-kva.example",)), False),
        ("a@mailinator.com", AdmissionRules(refuses_disposable=True), False),
        ("a@mailinator.com", AdmissionRules(refuses_disposable=True, disposable_exceptions=("mailinator.com",)), True),
        ("a@mailinator.com", AdmissionRules(refuses_disposable=True, allowed_domains=("mailinator.com",)), True),
    ],
)
def test_a_domain_is_taken_as_the_lists_say(email: str, rules: AdmissionRules, is_good: bool) -> None:
    assert is_taken(email, rules) is is_good


@pytest.mark.parametrize("domain", ["privaterelay.appleid.com", "private.icloud.com", "gmail.com", "duck.com"])
def test_whoever_hides_their_address_behind_apples_relay_isnt_taken_for_a_bot(domain: str) -> None:
    assert not is_disposable(domain)


@pytest.mark.parametrize(
    "wrong",
    [
        {"allowed_domains": ("no domain",)},
        {"blocked_domains": ("*.",)},
        {"blocked_domains": ("localhost",)},
        {"disposable_exceptions": ("a.example",) * 501},
        {"minimum_age": 18},
        {"minimum_age": 131},
        {"minimum_age": 18, "birth_attribute": "givenName"},
    ],
)
def test_what_would_let_in_nobody_or_means_nothing_is_refused(acme: Tenant, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        change(acme, **wrong)


# --- By invitation ---


def at_code(acme: Tenant, email: str) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-up/")
    assert "You need an invitation." in customer.text
    customer.submit({"email": email})
    run_jobs()
    return customer


def invite(acme: Tenant) -> str:
    """Kim's invitation. Returns where its link leads."""
    with tenant_context(acme):
        invite_customer(email=KIM, attributes={}, actor=COMMAND)
    run_jobs()
    with tenant_context(acme):
        found = re.search(r"/t/acme(/link/\S+)", mails_to(KIM)[0].text)
    assert found
    return found[1]


def test_a33_eve_signs_up_at_no_flow_that_takes_invited_people_alone_and_learns_of_none(
    acme: Tenant, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    change(acme, invited_only=True)
    invite(acme)
    pages = []
    for email in ("eve@acme.example", KIM):
        customer = at_code(acme, email)
        customer.submit({"code": "000000"})
        pages.append(re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|value="[^"]+"', "", customer.text.replace(email, "")))
    assert pages[0] == pages[1]
    with tenant_context(acme):
        assert not mails_to("eve@acme.example")
    elsewhere.person = NINA
    nina = Customer(acme)
    come_back(nina, provider, elsewhere)
    assert "<h1>Sign-up isn't available</h1>" in nina.text
    assert not has_account(acme, "nina@new.example")


@pytest.mark.parametrize("method", ["password", "code"])
def test_a33_eve_ends_no_sign_up_that_she_began_before_only_invited_people_were_taken(
    acme: Tenant, method: str
) -> None:
    change(acme, methods=(method,))
    at_details, with_code = Customer(acme), Customer(acme)
    for eve, email in ((at_details, "eve@acme.example"), (with_code, "eve2@acme.example")):
        eve.visit("/sign-up/")
        eve.submit({"email": email})
        run_jobs()
    with tenant_context(acme):
        layout = [AttributeLayout("givenName", is_required=True)]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=COMMAND)
    at_details.submit({"code": at_details.code_from_mail("eve@acme.example")})
    assert 'name="givenName"' in at_details.text
    change(acme, invited_only=True)
    with_code.submit({"code": with_code.code_from_mail("eve2@acme.example")})
    at_details.submit({"givenName": "Eve", "password": PASSWORD})
    for eve, email in ((at_details, "eve@acme.example"), (with_code, "eve2@acme.example")):
        assert "<h1>Sign-up isn't available</h1>" in eve.text
        assert not has_account(acme, email)
    assert reasons(acme) == ["sign_up_closed"] * 2


def test_a33_eve_is_let_in_by_no_code_that_nothing_follows_either(acme: Tenant) -> None:
    change(acme, methods=("code",))
    with tenant_context(acme):
        set_page_layout(UserFlow.objects.get(is_default=True), layout=[], actor=COMMAND)
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.submit({"email": "eve@acme.example"})
    run_jobs()
    code = eve.code_from_mail("eve@acme.example")
    change(acme, allows_sign_up=False)
    eve.submit({"code": code})
    assert "<h1>Sign-up isn't available</h1>" in eve.text
    assert not has_account(acme, "eve@acme.example")


def test_an_invited_customer_signs_up_by_the_address_and_answers_what_is_required(acme: Tenant) -> None:
    change(acme, invited_only=True)
    with tenant_context(acme):
        layout = [AttributeLayout("givenName", is_required=True), AttributeLayout("city")]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=COMMAND)
    link = invite(acme)
    kim = at_code(acme, KIM)
    with tenant_context(acme):
        assert "Use it to create your account." in mails_to(KIM)[0].text
    kim.submit({"code": kim.code_from_mail(KIM)})
    kim.submit({"password": PASSWORD})
    assert 'name="givenName"' in kim.text
    assert 'name="city"' not in kim.text
    assert not kim.is_signed_in
    kim.submit({"givenName": "Kim"})
    assert kim.is_signed_in
    assert Customer(acme).visit(link).status_code == 410


def test_p08_an_invitation_is_used_up_by_the_end_of_the_way_and_by_no_earlier_one(acme: Tenant) -> None:
    change(acme, methods=("code",), invited_only=True)
    with tenant_context(acme):
        layout = [AttributeLayout("givenName", is_required=True)]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=COMMAND)
    link = invite(acme)
    killed, kim = Customer(acme), Customer(acme)
    for customer in (killed, kim):
        customer.visit(link)
        customer.submit()
        assert 'name="givenName"' in customer.text
    kim.submit({"givenName": "Kim"})
    assert kim.is_signed_in
    assert killed.submit({"givenName": "Eve"}).status_code == 410
    assert not killed.is_signed_in
    with tenant_context(acme):
        assert Account.objects.with_email(KIM).get().given_name == "Kim"
        assert Event.objects.filter(action="customer.invitation_accepted").count() == 1


def test_an_invitation_works_by_a_provider_once_the_invited_address_is_proved(
    acme: Tenant, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    change(acme, invited_only=True)
    link = invite(acme)
    elsewhere.person = {**NINA, "sub": "kim", "email": KIM}
    kim = Customer(acme)
    come_back(kim, provider, elsewhere)
    assert not kim.is_signed_in
    kim.submit({}, to="send")
    kim.submit({"code": new_code(acme, KIM)}, to="code")
    kim.submit({"givenName": "Kim"})
    assert kim.is_signed_in
    assert Customer(acme).visit(link).status_code == 410
    again = Customer(acme)
    come_back(again, provider, elsewhere)
    assert again.is_signed_in


# --- Age ---


@pytest.fixture
def of_age(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Acme's customers are 18, by the date they give; it is 29 November 2026."""
    monkeypatch.setattr(admission, "today", lambda: date(2026, 11, 29))
    with tenant_context(acme):
        define_custom_attribute(name="born", data_type=CustomAttribute.DataType.DATE, actor=COMMAND)
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=[AttributeLayout("born", is_required=True)], actor=COMMAND)
        change_user_flow(flow, minimum_age=18, birth_attribute="born", actor=COMMAND)


def at_details(acme: Tenant, email: str, customer: Customer | None = None) -> Customer:
    customer = customer or Customer(acme)
    customer.sign_up_to_code(email)
    customer.submit({"code": customer.code_from_mail(email)})
    return customer


def test_eve_who_is_too_young_cant_say_so_and_then_be_older(
    acme: Tenant, of_age: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = at_details(acme, "eve@acme.example")
    assert eve.submit({"password": PASSWORD, "born": "2008-11-30"}).status_code == 403
    assert "<h1>You can't create an account</h1>" in eve.text
    # Nothing that a person reads tells the age; IDs may hold any digits.
    words = re.sub(r"<bdi>[0-9A-F]{4}-[0-9A-F]{4}</bdi>|<[^>]*>", "", eve.text)
    assert "18" not in words
    eve.submit({"password": PASSWORD, "born": "1990-01-01"})
    assert eve.page.status_code == 403
    eve.visit("/sign-up/")
    assert eve.page.status_code == 403
    assert not has_account(acme, "eve@acme.example")
    assert "too_young" in reasons(acme)
    monkeypatch.setattr(admission, "today", lambda: date(2026, 11, 30))
    monkeypatch.setattr(admission, "BARRED_FOR", timedelta(seconds=-1))
    at_details(acme, "eve@acme.example", eve).submit({"password": PASSWORD, "born": "2008-11-30"})
    assert eve.is_signed_in


def test_a_slip_is_put_right_and_nobody_is_barred_for_it(acme: Tenant, of_age: None) -> None:
    nora = at_details(acme, "nora@acme.example")
    assert nora.submit({"password": PASSWORD, "born": "2062-01-01"}).status_code == 400
    assert "Enter your date of birth." in nora.text
    nora.submit({"born": "1962-01-01"})
    assert nora.is_signed_in
    with tenant_context(acme):
        assert Account.objects.with_email("nora@acme.example").get().attribute("born") == "1962-01-01"


def test_eve_who_is_too_young_for_one_flow_is_so_for_no_younger_one(
    acme: Tenant, of_age: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the other way round she is: the age that bars is the lowest that did."""
    eve = at_details(acme, "eve@acme.example")
    assert eve.submit({"password": PASSWORD, "born": "2011-05-05"}).status_code == 403
    change(acme, minimum_age=16)
    at_details(acme, "eve@acme.example", eve)
    assert eve.submit({"password": PASSWORD, "born": "2011-05-05"}).status_code == 403
    for age, status in ((18, 403), (16, 403), (13, 200)):
        change(acme, minimum_age=age)
        eve.visit("/sign-up/")
        assert eve.page.status_code == status


def test_eve_makes_herself_no_younger_than_the_flow_takes_afterwards(
    acme: Tenant, of_age: None, carol: Account
) -> None:
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    customer.visit("/profile/")
    for wrong in ("2020-05-05", "2999-01-01", "1850-01-01"):
        assert customer.submit({"born": wrong}).status_code == 400
        assert "Enter your date of birth." in customer.text
        assert f'value="{wrong}"' in customer.text
    customer.submit({"born": "1990-05-05"})
    assert "Changes saved." in customer.text
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
        assert kept.attribute("born") == "1990-05-05"
        # Kept before there was an age.
        Account.objects.filter(pk=carol.pk).update(custom_attributes={"born": "2020-05-05"})
    customer.submit({"born": "2020-05-05"})
    assert "Changes saved." in customer.text


def test_whoever_is_invited_is_asked_for_their_age_as_well(acme: Tenant, of_age: None) -> None:
    link = invite(acme)
    kim = Customer(acme)
    kim.visit(link)
    kim.submit()
    kim.submit({"password": PASSWORD})
    assert kim.submit({"born": "2023-01-01"}).status_code == 403
    assert kim.submit({"born": "1990-01-01"}).status_code == 403
    assert not kim.is_signed_in


def test_the_date_is_asked_for_as_long_as_the_age_is(acme: Tenant, of_age: None) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        with pytest.raises(Refused, match="minimum age"):
            set_page_layout(flow, layout=[AttributeLayout("born")], actor=COMMAND)
        with pytest.raises(Refused, match="minimum age"):
            delete_attribute_everywhere(CustomAttribute.objects.get(name="born"), actor=COMMAND)


@pytest.mark.parametrize(
    ("day", "age"), [("2026-02-27", 17), ("2026-02-28", 17), ("2026-03-01", 18), ("2028-02-28", 19), ("2028-02-29", 20)]
)
def test_whoever_was_born_on_29_february_is_a_year_older_on_1_march(day: str, age: int) -> None:
    assert age_on(date.fromisoformat(day), born=date(2008, 2, 29)) == age
