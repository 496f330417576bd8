"""Signing up: an address, the code that proves it, a password and what the flow asks for."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.journeys import dispatch
from userflows.models import Journey, UserFlow

NEW = "new@acme.example"
DETAILS = {"password": PASSWORD, "givenName": "Nora", "surname": "New"}


def _customer_with_code(acme: Tenant, email: str = NEW) -> Customer:
    customer = Customer(acme)
    customer.sign_up_to_code(email)
    customer.submit({"code": customer.code_from_mail(email)})
    return customer


@pytest.mark.django_db
def test_a_new_customer_signs_up_and_is_signed_in(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    assert "Step 2 of 3" in customer.text
    assert NEW in customer.text
    code = customer.code_from_mail(NEW)
    customer.submit({"code": f" {code[:3]} {code[3:]} "})
    assert "Step 3 of 3" in customer.text
    customer.submit(DETAILS)
    assert "Your profile" in customer.text
    with tenant_context(acme):
        account = Account.objects.with_email(NEW).get()
        actions = list(Event.objects.filter(target_id=account.pk).order_by("id").values_list("action", flat=True))
    assert account.email_verified
    assert account.attribute("givenName") == "Nora"
    assert account.check_password(PASSWORD)
    assert actions == ["customer.created", "customer.signed_up", "customer.signed_in"]


@pytest.mark.django_db(transaction=True)
def test_r06_a_code_is_good_until_what_it_proves_is_kept(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    code = {"code": customer.code_from_mail(NEW)}
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "save_progress", fail)
        assert customer.submit(code).status_code == 503
    customer.submit(code)
    assert "Step 3 of 3" in customer.text


@pytest.mark.django_db
def test_the_mail_carries_the_code_first_and_says_who_asked(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0"
    customer.sign_up_to_code(NEW)
    with tenant_context(acme):
        mail = mails_to(NEW)[0]
    assert mail.subject.endswith(" is your code for Acme")
    assert mail.subject[:6] in mail.text.splitlines()[0]
    assert mail.subject[:6] in mail.html
    for said in ("Firefox, Android", "127.0.0.1", "Wasn't you?", "UTC"):
        assert said in mail.text
        assert said.replace("'", "&#x27;") in mail.html or said in mail.html


@pytest.mark.django_db
def test_a_mail_ends_with_the_links_of_the_tenants_pages(acme: Tenant) -> None:
    legal = {"privacy_url": "https://acme.example/privacy", "terms_url": "https://acme.example/terms"}
    for shows_footer in (True, False):
        brand(acme, shows_footer=shows_footer, **legal)
        Customer(acme).sign_up_to_code(NEW)
        with tenant_context(acme):
            mail = mails_to(NEW)[0]
        for url in legal.values():
            assert (url in mail.text, f'href="{url}"' in mail.html) == (shows_footer, shows_footer)


@pytest.mark.django_db
def test_a_taken_address_gets_the_same_pages_and_a_mail_of_another_kind(acme: Tenant, carol: Account) -> None:
    """A-02."""
    pages = []
    for email in (NEW, carol.email):
        customer = Customer(acme)
        customer.sign_up_to_code(email)
        asked = customer.page.status_code, customer.text.count("<")
        wrong = customer.submit({"code": "000000"})
        pages.append((*asked, wrong.status_code, customer.text.count("<")))
    assert pages[0] == pages[1]
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert mail.subject == "You already have an account at Acme"
    assert "http://localhost" in mail.text
    assert "/t/acme/sign-in/" in mail.text


@pytest.mark.django_db
def test_the_pages_only_ask_the_worker_whoever_the_address_belongs_to(acme: Tenant, carol: Account) -> None:
    """A-03: nothing in the request depends on the account."""
    kinds = []
    for email in (NEW, carol.email):
        customer = Customer(acme)
        customer.visit("/sign-up/")
        with CaptureQueriesContext(connection) as queries:
            customer.submit({"email": email})
        kinds.append([re.sub(r"s\d+_x\d+|[0-9a-f]{32}", "", query["sql"])[:60] for query in queries])
    assert kinds[0] == kinds[1]
    assert not any("accounts_account" in query["sql"] for query in queries)


@pytest.mark.django_db
@pytest.mark.parametrize("skipped", ["details", "password", "new-password"])
def test_no_step_can_be_skipped(acme: Tenant, skipped: str) -> None:
    """A-28."""
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit(DETAILS, to=skipped)
    assert "Enter the code" in customer.text
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert not Account.objects.with_email(NEW).exists()


@pytest.mark.django_db
def test_another_address_needs_another_code(acme: Tenant) -> None:
    """A-21: what was proved for one address proves nothing about the next."""
    customer = _customer_with_code(acme)
    customer.submit({"email": "victim@acme.example"}, to="address")
    customer.submit(DETAILS, to="details")
    assert "Enter the code" in customer.text
    run_jobs()
    customer.submit({"code": customer.code_from_mail(NEW)}, to="code")
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert not Account.objects.with_email("victim@acme.example").exists()


@pytest.mark.django_db
def test_a_code_works_once_and_only_in_its_journey(acme: Tenant) -> None:
    """A-15, A-21."""
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    code = customer.code_from_mail(NEW)
    other = Customer(acme)
    other.visit("/sign-up/")
    other.submit({"email": NEW})
    assert other.submit({"code": code}).status_code == 400
    customer.submit({"code": code})
    assert "Step 3 of 3" in customer.text


@pytest.mark.django_db
def test_a_code_that_is_still_on_its_way_is_not_called_used_up(acme: Tenant, carol: Account) -> None:
    for email in (NEW, carol.email):
        customer = Customer(acme)
        customer.visit("/sign-up/")
        customer.submit({"email": email})
        assert customer.submit({"code": "000000"}).status_code == 400
        assert "That code is incorrect." in customer.text
        run_jobs()
        for _ in range(5):
            customer.submit({"code": "000000"})
        assert "Too many wrong codes were entered" in customer.text
        customer.submit(to="send")
        customer.submit({"code": "000000"})
        assert "That code is incorrect." in customer.text


@pytest.mark.django_db
def test_sending_again_is_confirmed_whoever_the_address_belongs_to(acme: Tenant, carol: Account) -> None:
    for email in (NEW, carol.email):
        customer = Customer(acme)
        customer.sign_up_to_code(email)
        assert 'role="status"' not in customer.text
        customer.submit(to="send")
        assert (
            f'role="status" data-told="sent">A new code is on its way to <bdi dir="ltr">{email}</bdi>.</p>'
            in customer.text
        )


def _sign_up_for_bookshop(acme: Tenant, email: str) -> Customer:
    """Somebody whom Bookshop has sent signs up as far as to the code."""
    customer = Customer(acme)
    customer.visit("/sign-up/?next=/t/acme/sign-out/")
    with tenant_context(acme):
        Journey.objects.update(application_name="Bookshop", context={"kept": 1})
    customer.submit({"email": email})
    run_jobs()
    return customer


@pytest.mark.django_db
@pytest.mark.parametrize(("link", "title"), [("sign-in", "Enter your password"), ("reset", "Reset your password")])
def test_the_mail_about_an_account_one_has_goes_on_to_the_application(
    acme: Tenant, carol: Account, link: str, title: str
) -> None:
    customer = _sign_up_for_bookshop(acme, carol.email)
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    found = re.search(rf"http://[^/]+(/t/acme/{link}/\?journey=[\w-]+)", mail.text)
    assert found
    assert found[0] in mail.html
    customer.visit(found[1])
    assert f"<h1>{title}</h1>" in customer.text
    elsewhere = Customer(acme)
    elsewhere.visit(found[1])
    assert "Bookshop" not in elsewhere.text
    assert carol.email not in elsewhere.text
    if link == "sign-in":
        assert "to continue to <bdi>Bookshop</bdi>" in customer.text
        customer.submit({"password": PASSWORD})
        assert customer.path == "/t/acme/sign-out/"
        with tenant_context(acme):
            assert Journey.objects.get(account_id=carol.pk).context == {"kept": 1}
        customer.visit(found[1])
        assert "Sign out?" not in customer.text


@pytest.mark.django_db
@pytest.mark.parametrize("journey", ["", "x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_link_about_no_journey_signs_in_as_usual(acme: Tenant, journey: str) -> None:
    customer = Customer(acme)
    assert customer.visit(f"/sign-in/?journey={journey}").status_code == 200
    assert "<h1>Sign in</h1>" in customer.text


@pytest.mark.django_db
def test_who_waits_for_a_code_may_sign_in_instead(acme: Tenant, carol: Account) -> None:
    customer = _sign_up_for_bookshop(acme, carol.email)
    assert "Already have an account?" in customer.text
    customer.switch("sign_in")
    customer.submit({"password": PASSWORD})
    assert customer.path == "/t/acme/sign-out/"


@pytest.mark.django_db
def test_what_cannot_be_a_code_costs_no_try_and_says_so(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    for typed in ("12345", "1234567", "a code", "12345", "12-34", "１２３", "hello"):
        assert customer.submit({"code": typed}).status_code == 400
        assert "The code has 6 digits." in customer.text
    code = customer.code_from_mail(NEW)
    customer.submit({"code": "Your code: " + "".join(chr(ord("\u0660") + int(digit)) for digit in code)})
    assert "<h1>Complete your account</h1>" in customer.text


@pytest.mark.django_db
def test_five_wrong_tries_spend_a_code(acme: Tenant) -> None:
    """A-15."""
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    code = customer.code_from_mail(NEW)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        customer.submit({"code": wrong})
    assert "Too many wrong codes were entered" in customer.text
    assert customer.submit({"code": code}).status_code == 400
    assert "Too many wrong codes were entered" in customer.text


@pytest.mark.django_db
def test_new_journeys_and_new_codes_buy_ten_tries_an_hour_in_all(acme: Tenant) -> None:
    """A-15."""
    statuses = []
    for _ in range(3):
        customer = Customer(acme)
        customer.sign_up_to_code(NEW)
        statuses += [customer.submit({"code": "000000"}).status_code for _ in range(4)]
    assert statuses.count(400) == 10
    assert statuses[-2:] == [429, 429]


@pytest.mark.django_db
def test_one_address_gets_five_mails_an_hour(acme: Tenant) -> None:
    """A-39."""
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    for _ in range(4):
        assert customer.submit(to="send").status_code == 200
    page = customer.submit(to="send")
    assert page.status_code == 429
    run_jobs()
    with tenant_context(acme):
        assert len(mails_to(NEW)) == 5


@pytest.mark.django_db
def test_what_was_typed_stays_when_something_is_wrong(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    page = customer.submit({"password": "short", "givenName": "Nora", "surname": "<b>New</b>"})
    assert page.status_code == 400
    assert 'value="Nora"' in customer.text
    assert "&lt;b&gt;New&lt;/b&gt;" in customer.text
    assert "Use at least 8 characters." in customer.text
    assert "short" not in customer.text
    customer.submit(DETAILS)
    assert customer.is_signed_in


@pytest.mark.django_db
def test_all_that_is_wrong_is_told_at_once(acme: Tenant, many_kinds: None) -> None:
    customer = _customer_with_code(acme)
    page = customer.submit({"password": "password", "shoeSize": "forty", "topics": "sales"})
    assert page.status_code == 400
    assert customer.text.count('class="wrong"') == 4
    assert "too common" in customer.text
    customer.submit({"password": NEW, "shoeSize": "forty"})
    assert f"Don&#x27;t base your password on “{NEW}”." in customer.text


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["jürgen@acme.example", "ｎｏｒａ@acme.example", "josé@acme.example"])
def test_letters_that_an_address_cannot_have_are_named(acme: Tenant, email: str) -> None:
    customer = Customer(acme)
    customer.visit("/sign-up/")
    assert customer.submit({"email": email}).status_code == 400
    assert "can&#x27;t contain letters such as ä, ö or ü" in customer.text
    customer.submit({"email": "nora at acme"})
    assert "Enter a valid email address" in customer.text


@pytest.mark.django_db
def test_c06_only_what_the_flow_asks_for_is_taken(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    forged = {"is_active": "", "email_verified": "", "id": "1", "sub": "x", "jobTitle": "Boss", "is_staff": "1"}
    customer.submit({**DETAILS, **forged, "email": "other@acme.example", "loyaltyNumber": "N-1"})
    with tenant_context(acme):
        account = Account.objects.with_email(NEW).get()
    assert account.email == NEW
    assert account.is_active
    assert account.job_title == ""
    assert account.custom_attributes == {"loyaltyNumber": "N-1"}


KINDS = {"password": PASSWORD, "shoeSize": "42", "terms": "on", "plan": "paid", "topics": ["sales", "news"]}


@pytest.mark.django_db
def test_each_value_is_kept_as_its_attributes_type(acme: Tenant, many_kinds: None) -> None:
    """C-04."""
    customer = _customer_with_code(acme)
    assert '<a href="https://acme.example/terms"' in customer.text
    customer.submit(KINDS)
    with tenant_context(acme):
        kept = Account.objects.with_email(NEW).get().custom_attributes
    assert kept == {"shoeSize": 42, "terms": True, "plan": "paid", "topics": "news,sales"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("shoeSize", value) for value in ("NaN", "1e400", "4.5", "9" * 400, "0x10", "1_000", "[1]")],
        *[("terms", value) for value in ("", "false")],
        *[("plan", value) for value in ("", "gold", '{"a":1}', ["free", "gold"])],
        *[("topics", value) for value in ("other", "news,sales", ["news", "other"])],
    ],
)
def test_values_of_another_type_are_refused(acme: Tenant, many_kinds: None, name: str, value: Any) -> None:
    """C-04."""
    customer = _customer_with_code(acme)
    assert customer.submit({**KINDS, name: value}).status_code == 400
    assert not customer.is_signed_in


@pytest.mark.django_db
def test_a05_text_holds_neither_control_characters_nor_too_much(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    for name in ("Nora\x00", "Nora\x1b[31m", "N" * 65):
        assert customer.submit({**DETAILS, "givenName": name}).status_code == 400
    # Nor does the browser cut what was pasted: it comes back whole, with what is wrong beside it.
    assert f'value="{"N" * 65}"' in customer.text
    assert "Use 64 characters or fewer." in customer.text
    assert "maxlength=" not in customer.text


@pytest.mark.django_db
def test_a_flow_without_passwords_makes_an_account_without_one(acme: Tenant) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=("code",), allows_sign_up=True, actor=Actor.command())
    customer = _customer_with_code(acme)
    assert 'type="password"' not in customer.text
    customer.submit({"givenName": "Nora"})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert not Account.objects.with_email(NEW).get().has_usable_password()


@pytest.mark.django_db
def test_the_same_address_lives_apart_in_two_tenants(acme: Tenant, globex: Tenant, carol: Account) -> None:
    """T-32."""
    customer = Customer(globex)
    customer.sign_up_to_code(carol.email)
    customer.submit({"code": customer.code_from_mail(carol.email)})
    customer.submit({"password": "another fine password", "givenName": "Carol"})
    assert customer.is_signed_in
    at_acme = Customer(acme)
    at_acme.sign_in(carol.email)
    assert at_acme.is_signed_in
    with tenant_context(globex):
        assert Account.objects.with_email(carol.email).get().pk != carol.pk


@pytest.mark.django_db
def test_a_journey_opens_only_in_its_browser_and_tenant(acme: Tenant, globex: Tenant) -> None:
    """A-21, T-13: a link to somebody else's journey opens nothing."""
    customer = _customer_with_code(acme)
    for stranger in (Customer(acme), Customer(globex)):
        stranger.visit("/sign-in/")
        path = customer.path.replace("/t/acme/", f"/t/{stranger.tenant.slug}/")
        assert stranger.visit(path).status_code == 404
        assert NEW not in stranger.text
        assert stranger.submit(DETAILS).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a30_twenty_sign_ups_at_once_make_one_account(acme: Tenant) -> None:
    """One wins, the others are told politely."""
    with tenant_context(acme):
        Journey.objects.all().delete()
    customers = [_at_details(acme, number) for number in range(20)]
    barrier = Barrier(20)

    def press(customer: Customer) -> int:
        try:
            barrier.wait(timeout=30)
            return customer.submit(DETAILS).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as crowd:
        statuses = list(crowd.map(press, customers))
    with tenant_context(acme):
        assert Account.objects.with_email(NEW).count() == 1
    assert statuses.count(200) == 1
    # A busy moment is answered by "try again" (503); never by an error.
    assert set(statuses) <= {200, 409, 503}


def _at_details(acme: Tenant, number: int) -> Customer:
    """A customer whose address is proved; limits of mail aren't what this story is about."""
    customer = Customer(acme)
    customer.browser.defaults["REMOTE_ADDR"] = f"198.51.100.{number}"
    customer.visit("/sign-up/")
    with tenant_context(acme):
        journey = Journey.objects.get(pk=customer.path.split("/")[4])
        journey.email = NEW if number % 2 else NEW.upper()
        journey.prove("code", amr="otp")
        journey.save()
    customer.path = customer.path.replace("address", "details")
    return customer


@pytest.mark.django_db
def test_a_password_is_not_lost_to_a_mistake_elsewhere(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    customer.submit({**DETAILS, "givenName": "x" * 300})
    assert "Your password is kept." in customer.text
    assert DETAILS["password"] not in customer.text
    with tenant_context(acme):
        assert DETAILS["password"] not in str(Journey.objects.values().get())
    customer.submit({**DETAILS, "password": ""})
    assert customer.is_signed_in
    again = Customer(acme)
    again.sign_in(NEW, DETAILS["password"])
    assert again.is_signed_in
    with tenant_context(acme):
        assert "argon2" not in str(list(Journey.objects.values()))


@pytest.mark.django_db
def test_what_was_typed_beside_a_weak_password_is_there_when_the_page_is_opened_anew(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    assert customer.submit({**DETAILS, "password": "12345678"}).status_code == 400
    customer.visit(customer.path)
    assert 'value="Nora"' in customer.text
    assert "12345678" not in customer.text


@pytest.mark.django_db
@pytest.mark.parametrize("named", ["givenName", "surname", "displayName", "preferred_username"])
def test_a_password_made_of_ones_name_is_not_kept_while_something_else_is_put_right(acme: Tenant, named: str) -> None:
    with tenant_context(acme):
        layout = [AttributeLayout(name) for name in (named, "city")]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
    customer = _customer_with_code(acme)
    customer.submit({"password": "Quillfeather1", named: "Quillfeather", "city": "x" * 300})
    assert "Don&#x27;t base your password on “quillfeather”." in customer.text
    assert "Your password is kept." not in customer.text


@pytest.mark.django_db
def test_a_kept_password_gives_way_to_another_and_a_bad_one_is_never_kept(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    customer.submit({**DETAILS, "password": "short", "givenName": "x" * 300})
    assert "Your password is kept." not in customer.text
    customer.submit({**DETAILS, "password": ""})
    assert "Enter a password." in customer.text
    customer.submit({**DETAILS, "givenName": "x" * 300})
    customer.submit({**DETAILS, "password": "another good password"})
    again = Customer(acme)
    again.sign_in(NEW, "another good password")
    assert again.is_signed_in


@pytest.mark.django_db
def test_a_kept_password_is_forgotten_with_the_address_it_was_chosen_for(acme: Tenant) -> None:
    customer = _customer_with_code(acme)
    customer.submit({**DETAILS, "givenName": "x" * 300})
    customer.submit({"email": "victim@acme.example"}, to="address")
    with tenant_context(acme):
        assert "argon2" not in str(Journey.objects.values().get())
