"""What a flow asks at sign-up: on several pages, each question with its help, its limits and its own type."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, CustomAttribute
from audit.services import Actor
from common.problems import Refused
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.userflows.nora import NEW, at_the_details, nora
from userflows.flows.answers import AnswerRules
from userflows.flows.page_layout import AttributeLayout, RowWords
from userflows.flows.removal import delete_attribute_everywhere
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
TYPES = {"born": "Date", "mobile": "Phone", "passport": "Country", "about": "String", "plan": "String", "size": "Int"}
GIVEN, SURNAME, SIZE = AttributeLayout("givenName"), AttributeLayout("surname"), AttributeLayout("size")
PLANS = (("Free", "free"), ("Paid", "paid"))


def ask(acme: Tenant, *rows: AttributeLayout, **types: str) -> None:
    """Let the default flow ask for these."""
    with tenant_context(acme):
        for name, data_type in {**TYPES, **types}.items():
            define_custom_attribute(name=name, data_type=data_type, actor=COMMAND)
        set_page_layout(UserFlow.objects.get(is_default=True), layout=rows, actor=COMMAND)


def ask_on_two_pages(acme: Tenant) -> None:
    ask(
        acme,
        AttributeLayout("givenName", is_required=True),
        AttributeLayout("born"),
        AttributeLayout("plan", input_type="drop_down", options=PLANS, is_required=True, begins_page=True),
        AttributeLayout("about", input_type="lines"),
    )


def test_eve_skips_no_page(acme: Tenant) -> None:
    """A-28: neither by naming a later one, nor by sending it first."""
    ask_on_two_pages(acme)
    customer = at_the_details(acme)
    customer.submit({"at-page": "2", "plan": "paid", "password": PASSWORD})
    assert 'name="givenName"' in customer.text
    customer.visit(f"{customer.path}?at-page=2")
    assert 'name="givenName"' in customer.text
    customer.submit({"at-page": "-7", "givenName": "", "password": PASSWORD})
    assert customer.page.status_code == 400
    with tenant_context(acme):
        assert not Account.objects.with_email(NEW).exists()


def test_c08_what_is_hidden_or_fixed_is_nobodys_to_set(acme: Tenant) -> None:
    ask(
        acme,
        AttributeLayout("givenName"),
        AttributeLayout("plan", is_hidden=True, default="free"),
        AttributeLayout("size", is_hidden=True, default="42"),
        AttributeLayout("born", label="Birthday", is_editable=False),
    )
    customer = at_the_details(acme)
    assert 'name="plan"' not in customer.text
    customer.submit({"password": PASSWORD, "plan": "paid", "size": "1", "born": "1990-12-31"})
    assert nora(acme).custom_attributes == {"plan": "free", "size": 42, "born": "1990-12-31"}
    assert 'name="born"' not in customer.text
    assert "December 31, 1990" in customer.text
    customer.submit({"givenName": "Nora", "plan": "paid", "born": "2001-01-01"})
    assert nora(acme).given_name == "Nora"
    assert nora(acme).custom_attributes == {"plan": "free", "size": 42, "born": "1990-12-31"}


def test_a_sign_up_goes_from_page_to_page_and_back_with_nothing_lost(acme: Tenant) -> None:
    ask_on_two_pages(acme)
    customer = at_the_details(acme)
    assert "Step 3 of 4" in customer.text
    assert "Create account" not in customer.text
    customer.submit({"password": PASSWORD, "givenName": "Nora", "born": "1990-12-31"})
    assert "Step 4 of 4" in customer.text
    assert "data-asked-at" not in customer.text
    assert 'type="password"' not in customer.text
    customer.submit({"plan": "gold", "about": "Two\r\nlines", "at-page": "2", "go-back": "1"})
    assert "Step 3 of 4" in customer.text
    assert 'value="Nora"' in customer.text
    assert "Your password is kept." in customer.text
    customer.submit({"givenName": "Eleonora", "born": "1990-12-31", "at-page": "1"})
    assert "Two" in customer.text, "what was typed on the second page"
    assert customer.submit({"plan": "", "about": "Two\r\nlines"}).status_code == 400
    assert '?at-page=2"' in customer.text, "where a page that answers a form is asked for"
    customer.submit({"plan": "paid", "about": "Two\r\nlines"})
    account = nora(acme)
    assert account.given_name == "Eleonora"
    assert account.custom_attributes == {"born": "1990-12-31", "plan": "paid", "about": "Two\nlines"}
    assert account.check_password(PASSWORD)


def test_several_ticks_are_there_again_on_the_way_back(acme: Tenant) -> None:
    """They are kept as one text, and read as they were chosen. Nor does one come back that was taken away."""
    ask(
        acme,
        AttributeLayout("plan", input_type="multi_check", options=PLANS),
        AttributeLayout("about", begins_page=True),
    )
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "plan": ["free", "paid"]})
    customer.submit({"at-page": "2", "about": "-", "go-back": "1"})
    ticked = re.compile(r'name="plan" value="\w+"[^>]* checked')
    assert len(ticked.findall(customer.text)) == 2
    customer.submit({"at-page": "1", "asks-here": "plan about", "plan": []})
    assert not ticked.findall(customer.text)


def test_another_language_loses_nothing_on_any_page(acme: Tenant) -> None:
    ask_on_two_pages(acme)
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", "born": "1990-12-31"})
    sent = {"in-language": "de", "at-page": "2", "plan": "paid", "about": "Ich"}
    answer = customer.browser.post(f"/language/?next={customer.path}", sent)
    customer.visit(answer["Location"])
    assert "Schritt 4 von 4" in customer.text
    assert '<option value="paid" selected>' in customer.text
    assert "Ich</textarea>" in customer.text
    customer.submit({"plan": "paid", "about": "Ich"})
    assert nora(acme).custom_attributes == {"born": "1990-12-31", "plan": "paid", "about": "Ich"}


@pytest.mark.parametrize(
    ("language", "rows", "order"),
    [
        ("en", (GIVEN, SURNAME, SIZE), ["givenName", "surname", "size"]),
        ("ja", (GIVEN, SURNAME, SIZE), ["surname", "givenName", "size"]),
        ("hu", (SIZE, GIVEN, SURNAME), ["size", "surname", "givenName"]),
        # An order that an administrator chose.
        ("ja", (GIVEN, SIZE, SURNAME), ["givenName", "size", "surname"]),
        ("ja", (GIVEN, replace(SURNAME, begins_page=True), SIZE), ["givenName"]),
    ],
)
def test_the_surname_is_asked_first_in_languages_that_say_it_first(
    acme: Tenant, language: str, rows: tuple[AttributeLayout, ...], order: list[str]
) -> None:
    ask(acme, *rows)
    customer = at_the_details(acme, language=language)
    assert re.findall(r'name="(givenName|surname|size)"', customer.text) == order


def test_who_changes_to_such_a_language_in_another_tab_sends_the_page_all_the_same(acme: Tenant) -> None:
    ask(acme, GIVEN, SURNAME)
    customer = at_the_details(acme)
    shown = re.search(r'name="asks-here" value="([^"]+)"', customer.text)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"
    customer.browser.post("/language/?next=/t/acme/sign-in/", {"in-language": "ja"})
    customer.submit({"asks-here": shown and shown[1], "password": PASSWORD, "givenName": "太郎", "surname": "山田"})
    assert nora(acme).name == "山田太郎"


def test_a_page_on_which_nothing_is_asked_is_none(acme: Tenant) -> None:
    ask(
        acme,
        AttributeLayout("plan", is_hidden=True, default="free"),
        AttributeLayout("size", begins_page=True, asked="later", after_sign_ins=2),
        AttributeLayout("about", begins_page=True, is_hidden=True, default="-"),
    )
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=("code",), actor=COMMAND)
    customer = at_the_details(acme)
    assert customer.is_signed_in, "after the code"
    assert nora(acme).custom_attributes == {"plan": "free", "about": "-"}


def test_c13_what_is_taken_out_of_the_flow_meanwhile_is_forgotten(acme: Tenant) -> None:
    ask_on_two_pages(acme)
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", "born": "1990-12-31"})
    with tenant_context(acme):
        for name in ("born", "about"):
            delete_attribute_everywhere(CustomAttribute.objects.get(name=name), actor=COMMAND)
    customer.submit({"plan": "paid", "about": "gone"})
    assert customer.is_signed_in
    assert nora(acme).custom_attributes == {"plan": "paid"}


@pytest.mark.parametrize("is_editable", [True, False])
def test_c13_a_value_that_fits_no_question_any_more_breaks_no_page(
    acme: Tenant, carol: Account, is_editable: bool
) -> None:
    """A release before took a name again with another type, whatever customers had kept by it."""
    kinds = {**dict.fromkeys(TYPES, ""), "agreed": "checkbox", "plan": "multi_check"}
    rows = [
        AttributeLayout(name, input_type=kind, options=PLANS if kind == "multi_check" else (), is_editable=is_editable)
        for name, kind in kinds.items()
    ]
    ask(acme, *rows, agreed="Boolean")
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    for misfit in ("abc", 5, True, False):
        with tenant_context(acme):
            Account.objects.update(custom_attributes=dict.fromkeys(kinds, misfit))
        page = customer.visit("/profile/")
        assert page.status_code == 200, misfit
        assert bool(re.search("<input[^>]* checked", customer.text)) == (misfit is True and is_editable), misfit


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("born", "1990-12-31", "1990-12-31"),
        ("born", "١٩٩٠-١٢-٣١", "1990-12-31"),
        ("mobile", "+49 (30) 90 18-20", "+4930901820"),
        ("mobile", "0049 30 901820", "+4930901820"),
        ("mobile", "＋４９ ３０ ９０１８２０", "+4930901820"),
        ("passport", "NO", "NO"),
        ("about", " One\r\ntwo ", "One\ntwo"),
        ("size", "٤٢", 42),
    ],
)
def test_c04_each_answer_is_kept_in_one_spelling(acme: Tenant, name: str, typed: str, kept: Any) -> None:
    ask(acme, AttributeLayout(name, input_type="lines" if name == "about" else ""))
    at_the_details(acme).submit({"password": PASSWORD, name: typed})
    assert nora(acme).custom_attributes == {name: kept}


LIMITS = {
    "born": AnswerRules(minimum="1900-01-01", maximum="today"),
    "size": AnswerRules(minimum="16", maximum="60"),
    "about": AnswerRules("2", "5", "[a-z]+", "Small letters only."),
    "mobile": AnswerRules(pattern=r"\+49.*", mismatch="A German number, please."),
}


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("born", "1990-02-30", "Enter a date as year, month and day"),
        ("born", "31.12.1990", "Enter a date as year, month and day"),
        ("born", "20261231", "Enter a date as year, month and day"),
        ("born", "1899-12-31", "Enter January 1, 1900 or a later date."),
        ("born", "9999-12-31", "or an earlier date."),
        ("mobile", "030 901820", "with its country code"),
        ("mobile", "+49", "with its country code"),
        ("mobile", "+1 555", "with its country code"),
        ("mobile", "+33 1 42 68 53 00", "A German number, please."),
        ("passport", "Utopia", "Select one of the options."),
        ("size", "15", "Enter 16 or a larger number."),
        ("size", "61", "Enter 60 or a smaller number."),
        ("about", "a", "Use at least 2 characters."),
        ("about", "abcdef", "Use 5 characters or fewer."),
        ("about", "ABC", "Small letters only."),
        ("about", "ab\u202e", "invisible characters"),
    ],
)
def test_an_answer_outside_its_limits_is_told_so_and_stays(acme: Tenant, name: str, typed: str, sentence: str) -> None:
    ask(acme, AttributeLayout("givenName"), AttributeLayout(name, rules=LIMITS.get(name, AnswerRules())))
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", name: typed})
    assert customer.page.status_code == 400
    assert sentence in customer.text
    assert 'value="Nora"' in customer.text
    assert "Your password is kept." in customer.text


def test_c10_no_pattern_takes_its_time(acme: Tenant) -> None:
    ask(acme, AttributeLayout("about", rules=AnswerRules(pattern="(a+)+(a|aa)*$", mismatch="No.")))
    customer = at_the_details(acme)
    before = time.process_time()
    customer.submit({"about": "a" * 249 + "!", "password": ""})
    assert "No." in customer.text
    assert time.process_time() - before < 0.5, "all of the page"


def test_c01_help_stands_with_the_input_in_the_customers_language(acme: Tenant) -> None:
    german = RowWords(label="Über Sie", hint="Kurz & gut", placeholder="Ich …", mismatch="Nur Buchstaben.")
    ask(
        acme,
        AttributeLayout(
            "about",
            label="About you",
            hint='See <b onclick="x()">[why](https://acme.example/why)',
            placeholder='"><script>',
            default="Robin",
            rules=AnswerRules(pattern="[A-Za-z]*", mismatch="Letters only."),
            translations={"de": german},
        ),
    )
    customer = at_the_details(acme)
    assert '&lt;b onclick=&quot;x()&quot;&gt;<a href="https://acme.example/why"' in customer.text
    assert 'placeholder="&quot;&gt;&lt;script&gt;"' in customer.text
    assert 'aria-describedby="about-hint"' in customer.text
    assert 'value="Robin"' in customer.text
    german_customer = at_the_details(acme, language="de")
    for said in ("Über Sie", "Kurz &amp; gut", 'placeholder="Ich …"'):
        assert said in german_customer.text
    german_customer.submit({"password": PASSWORD, "about": "123"})
    assert "Nur Buchstaben." in german_customer.text


def test_c05_no_name_of_an_attribute_gets_in_the_way_of_the_page(acme: Tenant) -> None:
    """Of what the page itself is made of."""
    names = ("terms", "asked", "parts", "page", "initial", "at_page")
    ask(acme, *map(AttributeLayout, names), **dict.fromkeys(names, "String"))
    customer = at_the_details(acme)
    for name in names:
        assert customer.text.count(f'name="{name}"') == 1
    customer.submit({"password": PASSWORD, **dict.fromkeys(names, "x")})
    assert nora(acme).custom_attributes == dict.fromkeys(names, "x")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (AttributeLayout("about", rules=AnswerRules(pattern="(?=a)b", mismatch="No")), "looks around"),
        (AttributeLayout("about", rules=AnswerRules(pattern="((a{99}){99}){99}", mismatch="No")), "repeats too much"),
        (AttributeLayout("about", rules=AnswerRules(pattern="[a-z]+")), "customers don’t read"),
        (AttributeLayout("about", rules=AnswerRules(minimum="9", maximum="3")), "smaller than the smallest"),
        (AttributeLayout("about", rules=AnswerRules(maximum="1025")), "from 0 to 1024"),
        (AttributeLayout("about", default="x" * 1025), "at most 1024"),
        (AttributeLayout("about", rules=AnswerRules(minimum="ten")), "whole number"),
        (AttributeLayout("about", rules=AnswerRules(pattern="[a-z]", mismatch="No"), default="A"), "doesn’t match"),
        (AttributeLayout("born", rules=AnswerRules(minimum="yesterday")), "year, month and day"),
        (AttributeLayout("born", default="2026-02-30"), "year, month and day"),
        (AttributeLayout("size", rules=AnswerRules(pattern="4.", mismatch="No")), "Only texts and phone numbers"),
        (AttributeLayout("size", rules=AnswerRules(maximum="60"), default="61"), "outside the limits"),
        (AttributeLayout("size", default="9" * 400), "whole number"),
        (AttributeLayout("mobile", default="030 1"), "country code"),
        (AttributeLayout("passport", default="Utopia"), "two letters"),
        (AttributeLayout("plan", input_type="radio", options=PLANS, default="gold"), "value of an option"),
        (AttributeLayout("plan", is_hidden=True), "needs a default"),
        (AttributeLayout("yes", is_required=True, default="true"), "ticked in advance"),
        (AttributeLayout("about", asked="later"), "from 1 to 100"),
        (AttributeLayout("about", asked="never"), "one of those shown"),
        (AttributeLayout("city", input_type="lines"), "can’t be asked for this way"),
    ],
)
def test_what_cannot_be_asked_so_is_refused(acme: Tenant, row: AttributeLayout, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        ask(acme, row, yes="Boolean")
    assert sentence in " ".join(problem.sentence for problem in refusal.value.problems)
