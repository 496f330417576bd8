"""What the sign-up page asks, said in the languages of its customers."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import Customer
from userflows.flows.page_layout import AttributeLayout, Option
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

SCRIPT = "<img src=x onerror=alert(1)>"
GERMAN = {
    "attribute": ["givenName", "loyaltyNumber", "terms"],
    "givenName-label": "",
    "loyaltyNumber-label": "Welche Karte haben Sie?",
    "loyaltyNumber-option-value": ["gold", "silver"],
    "loyaltyNumber-option-text": ["Eine goldene", ""],
    "terms-label": "Ich stimme den [Bedingungen](https://acme.example/agb) zu",
}


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    with tenant_context(acme):
        define_custom_attribute(name="terms", data_type="Boolean", actor=Actor.command())
        flow = UserFlow.objects.get(is_default=True)
        layout = [
            AttributeLayout("givenName"),
            AttributeLayout(
                "loyaltyNumber",
                label="Which card do you have?",
                input_type="radio",
                options=[Option("A golden one", "gold"), Option("A silver one", "silver")],
            ),
            AttributeLayout("terms", label="I agree to the [terms](https://acme.example/terms)"),
        ]
        set_page_layout(flow, layout=layout, actor=Actor.command())
    return flow


@pytest.fixture
def layout(flow: UserFlow) -> str:
    return f"/tenants/acme/user-flows/{flow.pk}/page-layout/"


def profile(acme: Tenant, account: Account, language: Any) -> Any:
    """The page on which Carol sees what she was asked."""
    customer = Customer(acme)
    customer.browser.sign_in(account)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.visit("/profile/")
    return customer.text


def test_customers_read_the_words_of_their_language_and_the_default_where_there_are_none(
    ada_portal: Browser, acme: Tenant, carol: Account, layout: str
) -> None:
    assert ada_portal.post(f"{layout}de/", GERMAN)["Location"] == f"{layout}de/"
    german = profile(acme, carol, "de-AT")
    assert "Vorname" in german
    assert "Welche Karte haben Sie?" in german
    assert "Eine goldene" in german
    assert "A silver one" in german
    assert 'Ich stimme den <a href="https://acme.example/agb"' in german
    french = profile(acme, carol, "fr")
    assert "Which card do you have?" in french
    assert "Welche" not in french


def test_the_page_shows_what_is_said_and_what_everybody_else_reads(ada_portal: Browser, layout: str) -> None:
    ada_portal.post(f"{layout}de/", GERMAN)
    page = ada_portal.get(f"{layout}de/").content.decode()
    assert 'value="Welche Karte haben Sie?"' in page
    assert "Which card do you have?" in page
    assert 'placeholder="Vorname"' in page
    assert "3 of 4" in page


def test_words_stay_when_the_layout_is_saved_and_go_with_their_option(
    ada_portal: Browser, acme: Tenant, carol: Account, layout: str
) -> None:
    ada_portal.post(f"{layout}de/", GERMAN)
    sent = {
        "attribute": ["terms", "loyaltyNumber"],
        "terms-label": "I agree",
        "loyaltyNumber-label": "Your card",
        "loyaltyNumber-input-type": "radio",
        "loyaltyNumber-option-value": ["gold", "bronze"],
        "loyaltyNumber-option-text": ["A golden one", "A bronze one"],
    }
    assert ada_portal.post(layout, sent).status_code == 302
    german = profile(acme, carol, "de")
    assert "Ich stimme den" in german
    assert "Eine goldene" in german
    assert "A bronze one" in german


def test_emptied_words_fall_back(ada_portal: Browser, acme: Tenant, carol: Account, layout: str) -> None:
    ada_portal.post(f"{layout}de/", GERMAN)
    ada_portal.post(f"{layout}de/", {"attribute": GERMAN["attribute"]})
    assert "Which card do you have?" in profile(acme, carol, "de")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"terms-label": "x" * 513}, "at most 512"),
        ({"terms-label": "[x](javascript:alert(1))"}, "link"),
        ({"loyaltyNumber-option-text": ["x" * 513, ""]}, "at most 512"),
        ({"loyaltyNumber-option-text": ["", "[x](data:text/html)"]}, "link"),
    ],
)
def test_words_that_cannot_be_shown_are_refused_and_not_lost(
    ada_portal: Browser,
    acme: Tenant,
    carol: Account,
    layout: str,
    changes: dict[str, Any],
    problem: str,
) -> None:
    answer = ada_portal.post(f"{layout}de/", GERMAN | changes)
    assert "Not saved yet" in answer.content.decode()
    assert problem in " ".join(f"{row.problem} {row.options_problem}" for row in answer.context["rows"])
    assert "Welche Karte haben Sie?" in answer.content.decode()
    assert "Welche Karte" not in profile(acme, carol, "de")


def test_words_are_text_to_customers_and_in_the_portal(
    ada_portal: Browser, acme: Tenant, carol: Account, layout: str
) -> None:
    words = {"terms-label": SCRIPT, "loyaltyNumber-option-text": [SCRIPT, SCRIPT]}
    assert ada_portal.post(f"{layout}de/", GERMAN | words).status_code == 302
    assert SCRIPT not in ada_portal.get(f"{layout}de/").content.decode()
    assert SCRIPT not in profile(acme, carol, "de")


def test_words_for_what_is_not_asked_are_not_kept(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, layout: str
) -> None:
    stray = {
        "attribute": ["city", "terms"],
        "city-label": "Stadt",
        "terms-option-value": ["nothing"],
        "terms-option-text": ["Nichts"],
    }
    assert ada_portal.post(f"{layout}de/", stray).status_code == 302
    with tenant_context(acme):
        assert not flow.attributes.exclude(translations={}).exists()


def test_a_language_the_pages_do_not_speak_does_not_exist(ada_portal: Browser, layout: str) -> None:
    assert ada_portal.get(f"{layout}la/").status_code == 404
    assert ada_portal.post(f"{layout}xx/", GERMAN).status_code == 404


def test_of_two_who_translate_at_once_the_later_is_told(ada_portal: Browser, layout: str) -> None:
    seen = ada_portal.get(f"{layout}de/").context["seen"]
    assert ada_portal.post(f"{layout}de/", GERMAN | {"seen": seen}).status_code == 302
    told = ada_portal.post(f"{layout}de/", GERMAN | {"seen": seen, "terms-label": "Einverstanden"})
    assert "This has changed since you opened the page" in told.content.decode()
    assert '<a href="" target="_blank" rel="noopener">See what is saved' in told.content.decode()
    assert "Einverstanden" in told.content.decode()


def test_each_change_is_one_event_that_names_the_language(ada_portal: Browser, acme: Tenant, layout: str) -> None:
    ada_portal.post(f"{layout}de/", GERMAN)
    with tenant_context(acme):
        event = Event.objects.filter(action="user_flow.changed", details__languages=["de"]).get()
    assert set(event.details["changed"]) <= {f"attributes.{name}" for name in GERMAN["attribute"]}


def test_grace_sees_and_changes_nothing_of_acme(
    grace_portal: Browser, acme: Tenant, carol: Account, layout: str
) -> None:
    assert grace_portal.get(f"{layout}de/").status_code == 404
    assert grace_portal.post(f"{layout}de/", GERMAN).status_code == 404
    assert grace_portal.post(f"{layout}de/".replace("acme", "globex"), GERMAN).status_code == 404
    assert "Welche Karte" not in profile(acme, carol, "de")
