"""How the sign-up page asks: labels, order, input types and options; and the tenant's own attributes."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

ATTRIBUTES = "/tenants/acme/user-flows/custom-attributes/"
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        define_custom_attribute(name="terms", data_type="Boolean", actor=Actor.command())
        define_custom_attribute(name="age", data_type="Int", actor=Actor.command())
        layout = [AttributeLayout(name) for name in ("city", "loyaltyNumber", "terms", "age")]
        set_page_layout(flow, layout=layout, actor=Actor.command())
    return flow


@pytest.fixture
def path(flow: UserFlow) -> str:
    return f"/tenants/acme/user-flows/{flow.pk}/page-layout/"


@pytest.fixture
def as_shown() -> dict[str, Any]:
    """What the page sends when nothing was changed on it."""
    return {
        "attribute": ["city", "loyaltyNumber", "terms", "age"],
        "city-input-type": "text",
        "loyaltyNumber-input-type": "text",
        "terms-input-type": "checkbox",
        "age-input-type": "number",
    }


def rows(acme: Tenant, flow: UserFlow) -> Any:
    with tenant_context(acme):
        return {row.attribute: row for row in flow.attributes.all()}


def test_new_rows_take_the_usual_input_type_of_their_data_type(acme: Tenant, flow: UserFlow) -> None:
    assert {name: row.input_type for name, row in rows(acme, flow).items()} == {
        "city": "text",
        "loyaltyNumber": "text",
        "terms": "checkbox",
        "age": "number",
    }


def test_labels_required_marks_and_links_are_kept(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    label = "I accept the [terms](https://acme.example/terms)"
    answer = ada_portal.post(path, as_shown | {"terms-label": label, "terms-required": "on"})
    assert answer.status_code == 302
    kept = rows(acme, flow)
    assert (kept["terms"].label, kept["terms"].is_required) == (label, True)
    assert not kept["city"].is_required


MORE = {
    "city-hint": "Where you get mail",
    "city-placeholder": "Oslo",
    "city-default": "Bergen",
    "city-minimum": "2",
    "city-maximum": "40",
    "city-pattern": "[A-Z].*",
    "city-mismatch": "Begin with a capital.",
    "city-asked": "later",
    "city-after_sign_ins": "3",
    "city-begins_page": "on",
    "city-is_fixed": "on",
    "age-is_hidden": "on",
    "age-default": "18",
}


def test_what_else_a_question_says_is_kept_shown_and_in_sight(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    assert ada_portal.post(path, as_shown | MORE).status_code == 302
    city, age = rows(acme, flow)["city"], rows(acme, flow)["age"]
    assert (city.hint, city.placeholder, city.default, city.asked, city.after_sign_ins) == (
        *("Where you get mail", "Oslo", "Bergen", "later"),
        3,
    )
    assert (city.minimum, city.maximum, city.pattern, city.mismatch) == ("2", "40", "[A-Z].*", "Begin with a capital.")
    assert (city.begins_page, city.is_editable, city.is_hidden) == (True, False, False)
    assert (age.is_hidden, age.default, age.is_editable) == (True, "18", True)
    page = ada_portal.get(path).content.decode()
    assert "new page · can’t be changed later · after 3 sign-ins · from 2 to 40 · pattern · default · hint" in page
    assert "hidden · default" in page
    moved = ada_portal.post(path, as_shown | MORE | {"move": "down:city"})
    assert 'value="Begin with a capital."' in moved.content.decode()


def test_what_is_wrong_stands_in_its_row_which_is_open(
    ada_portal: Browser, path: str, as_shown: dict[str, Any]
) -> None:
    page = ada_portal.post(path, as_shown | {"city-pattern": "(a", "city-mismatch": "No"}).content.decode()
    assert page.count("data-question open") == 1
    assert 'href="#city-pattern"' in page
    assert 'id="city-pattern"' in page


def test_the_order_of_the_rows_is_the_order_kept(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    ada_portal.post(path, as_shown | {"attribute": ["age", "terms", "city"]})
    assert list(rows(acme, flow)) == ["age", "terms", "city"]


def test_without_a_script_a_button_moves_a_row_and_nothing_typed_is_lost(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    answer = ada_portal.post(path, as_shown | {"city-label": "Town", "move": "down:city"})
    assert [row.attribute.name for row in answer.context["rows"]] == ["loyaltyNumber", "city", "terms", "age"]
    page = answer.content.decode()
    assert 'value="Town"' in page
    assert "Not saved yet" in page
    assert next(iter(rows(acme, flow))) == "city"


@pytest.mark.parametrize("move", ["up:city", "down:age", "up:nobody", "sideways", ""])
def test_a_move_that_leads_nowhere_changes_nothing(
    ada_portal: Browser, path: str, as_shown: dict[str, Any], move: str
) -> None:
    answer = ada_portal.post(path, as_shown | {"move": move})
    assert [row.attribute.name for row in answer.context["rows"]] == ["city", "loyaltyNumber", "terms", "age"]


def test_radio_buttons_have_options_with_text_and_value(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    options = {
        "loyaltyNumber-input-type": "radio",
        "loyaltyNumber-option-text": ["Gold", "See [Silver](https://acme.example/silver)", ""],
        "loyaltyNumber-option-value": ["gold", "silver", ""],
    }
    assert ada_portal.post(path, as_shown | options).status_code == 302
    assert rows(acme, flow)["loyaltyNumber"].options == [
        {"text": "Gold", "value": "gold"},
        {"text": "See [Silver](https://acme.example/silver)", "value": "silver"},
    ]


def test_without_a_script_options_are_added_and_removed_by_buttons(
    ada_portal: Browser, path: str, as_shown: dict[str, Any]
) -> None:
    options = {
        "loyaltyNumber-input-type": "radio",
        "loyaltyNumber-option-text": ["Gold", "Silver"],
        "loyaltyNumber-option-value": ["gold", "silver"],
    }
    added = ada_portal.post(path, as_shown | options | {"add_option": "loyaltyNumber"})
    assert [option.text for option in added.context["rows"][1].options] == ["Gold", "Silver", ""]
    removed = ada_portal.post(path, as_shown | options | {"remove_option": "loyaltyNumber:0"})
    assert [option.text for option in removed.context["rows"][1].options] == ["Silver", ""]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"city-label": "L" * 513}, "at most 512"),
        ({"city-label": "[x](javascript:alert(1))"}, "link"),
        ({"city-label": "[x](data:text/html)"}, "link"),
        ({"city-label": "a\0b"}, "invisible characters"),
        ({"city-input-type": "checkbox"}, "can’t be asked for this way"),
        ({"city-input-type": "multi_check"}, "can’t be asked for this way"),
        ({"terms-input-type": "text"}, "can’t be asked for this way"),
        ({"age-input-type": "radio"}, "can’t be asked for this way"),
        ({"city-input-type": "nonsense"}, "can’t be asked for this way"),
        ({"loyaltyNumber-input-type": "radio"}, "at least one option"),
        (
            {
                "loyaltyNumber-input-type": "multi_check",
                "loyaltyNumber-option-text": ["A", "B"],
                "loyaltyNumber-option-value": ["same", " same "],
            },
            "there twice",
        ),
        (
            {
                "loyaltyNumber-input-type": "multi_check",
                "loyaltyNumber-option-text": ["A", "B"],
                "loyaltyNumber-option-value": ["a,b", "b"],
            },
            "hold a comma",
        ),
        (
            {
                "loyaltyNumber-input-type": "radio",
                "loyaltyNumber-option-text": ["A"],
                "loyaltyNumber-option-value": [""],
            },
            "both a text and a value",
        ),
        (
            {
                "loyaltyNumber-input-type": "radio",
                "loyaltyNumber-option-text": ["A"],
                "loyaltyNumber-option-value": ["v" * 251],
            },
            "at most 250",
        ),
        (
            {
                "loyaltyNumber-input-type": "radio",
                "loyaltyNumber-option-text": [f"Option {number}" for number in range(51)],
                "loyaltyNumber-option-value": [str(number) for number in range(51)],
            },
            "at most 50",
        ),
        ({"attribute": ["city", "nobody"]}, "no attribute named"),
        ({"city-pattern": "(a", "city-mismatch": "No"}, "has a mistake"),
        ({"city-pattern": "[a-z]+"}, "customers don’t read"),
        ({"city-minimum": "many"}, "whole number"),
        ({"city-hint": "[x](javascript:alert(1))"}, "link"),
        ({"city-asked": "later"}, "from 1 to 100"),
        ({"city-asked": "never"}, "one of those shown"),
        ({"city-is_hidden": "on"}, "needs a default"),
        ({"age-default": "old"}, "whole number"),
        ({"attribute": ["email"]}, "no attribute named"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_saved(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any], changes: Any, problem: str
) -> None:
    answer = ada_portal.post(path, as_shown | changes)
    assert answer.status_code == 200
    assert problem in " ".join(answer.context["problems"].values()).replace("'", "’")
    assert list(rows(acme, flow)) == ["city", "loyaltyNumber", "terms", "age"]
    assert rows(acme, flow)["city"].label == ""


def test_labels_and_options_are_text_in_the_portal(ada_portal: Browser, path: str, as_shown: dict[str, Any]) -> None:
    texts = {
        "city-label": SCRIPT,
        "loyaltyNumber-input-type": "radio",
        "loyaltyNumber-option-text": [SCRIPT],
        "loyaltyNumber-option-value": [SCRIPT],
    }
    assert ada_portal.post(path, as_shown | texts).status_code == 302
    page = ada_portal.get(path).content.decode()
    assert SCRIPT not in page
    assert "&lt;img src=x" in page


def test_ada_defines_a_custom_attribute_and_every_flow_can_ask_for_it(
    ada_portal: Browser, acme: Tenant, flow: UserFlow
) -> None:
    details = {"name": "newsletter", "data_type": "Boolean", "description": "Wants our letter"}
    assert ada_portal.post(ATTRIBUTES, details)["Location"] == ATTRIBUTES
    page = ada_portal.get(f"/tenants/acme/user-flows/{flow.pk}/attributes/").content.decode()
    assert "newsletter" in page
    assert "Wants our letter" in page


@pytest.mark.parametrize(
    "name",
    [
        *("__proto__", "is_staff", "id", "password", "sub", "iss", "email_verified", "roles", "givenName", "SUB"),
        *("a.b", "a b", "1st", "n" * 65, "n" * 10_000, "ünicode", "drop;table", "LOYALTYNUMBER", ""),
    ],
)
def test_a_name_that_means_something_else_is_refused_at_its_field(ada_portal: Browser, acme: Tenant, name: Any) -> None:
    answer = ada_portal.post(ATTRIBUTES, {"name": name, "data_type": "String"})
    assert answer.context["form"].errors["name"]
    with tenant_context(acme):
        assert CustomAttribute.objects.count() == 1


def test_a_data_type_is_one_of_those_there_are(ada_portal: Browser, db: None) -> None:
    answer = ada_portal.post(ATTRIBUTES, {"name": "colour", "data_type": "Colour"})
    assert answer.context["form"].errors["data_type"]


def test_deleting_an_attribute_takes_it_from_the_flows_that_asked(
    ada_portal: Browser, acme: Tenant, flow: UserFlow
) -> None:
    with tenant_context(acme):
        attribute = CustomAttribute.objects.get(name="terms")
    path = f"{ATTRIBUTES}{attribute.pk}/delete/"
    assert "1 user flow will stop asking for it" in ada_portal.get(path).content.decode()
    assert ada_portal.post(path, {"typed_name": "Terms"}).status_code == 200
    assert ada_portal.post(path, {"typed_name": "terms"})["Location"] == ATTRIBUTES
    assert list(rows(acme, flow)) == ["city", "loyaltyNumber", "age"]


def test_a_description_is_text(ada_portal: Browser, db: None) -> None:
    ada_portal.post(ATTRIBUTES, {"name": "colour", "data_type": "String", "description": SCRIPT})
    assert SCRIPT not in ada_portal.get(ATTRIBUTES).content.decode()


def test_grace_sees_nothing_of_acme(grace_portal: Browser, acme: Tenant, flow: UserFlow) -> None:
    with tenant_context(acme):
        attribute = CustomAttribute.objects.get(name="terms")
    assert grace_portal.get(ATTRIBUTES).status_code == 404
    assert grace_portal.post(ATTRIBUTES, {"name": "mine", "data_type": "String"}).status_code == 404
    for tenant in ("acme", "globex"):
        path = f"/tenants/{tenant}/user-flows/custom-attributes/{attribute.pk}/delete/"
        assert grace_portal.post(path, {"typed_name": "terms"}).status_code == 404
    with tenant_context(acme):
        assert CustomAttribute.objects.filter(name="terms").exists()


def test_of_two_who_edit_at_once_the_later_is_told_before_anything_is_lost(
    ada_portal: Browser, acme: Tenant, flow: UserFlow, path: str, as_shown: dict[str, Any]
) -> None:
    sent = as_shown | {"seen": ada_portal.get(path).context["seen"]}
    moved = ada_portal.post(path, sent | {"move": "down:city"})
    assert moved.context["seen"] == sent["seen"]
    assert ada_portal.post(path, sent | {"city-label": "Town"}).status_code == 302
    told = ada_portal.post(path, sent | {"city-label": "Place"})
    assert "This has changed since you opened the page" in told.content.decode()
    assert ada_portal.post(path, sent | {"city-label": "Place", "seen": told.context["seen"]}).status_code == 302
    assert rows(acme, flow)["city"].label == "Place"
