"""Ada decides how customers sign up and sign in, and what they are asked for; Grace sees nothing of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.models import Event
from audit.services import Actor
from mail.models import Message
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.browser import Browser, as_read
from tests.userflows.customer import Customer
from userflows.flows.page_layout import AttributeLayout, RowWords
from userflows.flows.services import (
    change_user_flow,
    create_user_flow,
    describe,
    set_page_layout,
    translate_terms,
    translated_layout,
)
from userflows.models import Journey, UserFlow

FLOWS = "/tenants/acme/user-flows/"
SCRIPT = "<script>alert(1)</script>"


def translate(flow: UserFlow, german: dict[str, RowWords]) -> None:
    layout = translated_layout(describe(flow).attributes, language="de", words=german)
    set_page_layout(flow, layout=layout, actor=Actor.command())


def flows_of(tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return {flow.name: flow for flow in UserFlow.objects.all()}


def asked_for(tenant: Tenant, name: Any) -> Any:
    with tenant_context(tenant):
        return list(UserFlow.objects.get(name=name).attributes.values_list("attribute", flat=True))


def untick(portal: Browser, path: str, attributes: Any) -> None:
    """Leave only these ticked, and say yes to what is lost with the others."""
    asked = portal.post(path, {"attributes": attributes})
    portal.post(path, {"attributes": attributes, "confirmed": asked.context["confirmed"]})


@pytest.fixture
def default(acme: Tenant) -> UserFlow:
    return flows_of(acme)["Sign up and sign in"]


@pytest.fixture
def create(ada_portal: Browser) -> Callable[..., Any]:
    def send(**changes: Any) -> Any:
        details = {
            "name": "Partners",
            "methods": ["code"],
            "allows_sign_up": "on",
            "attributes": ["city", "loyaltyNumber"],
        }
        return ada_portal.post(f"{FLOWS}new/", details | changes)

    return send


def test_a_new_tenant_has_a_default_flow_that_applications_use(
    ada_portal: Browser, default: UserFlow, bookshop: Application
) -> None:
    page = ada_portal.get(FLOWS).content.decode()
    assert "Sign up and sign in" in page
    assert "Default" in page
    assert bookshop.user_flow_id == default.pk


def test_ada_creates_a_flow_that_asks_for_built_in_and_custom_attributes(
    create: Callable[..., Any], acme: Tenant
) -> None:
    answer = create()
    flow = flows_of(acme)["Partners"]
    assert answer.url == f"{FLOWS}{flow.pk}/page-layout/"
    assert (flow.methods, flow.allows_sign_up, flow.is_default) == (["code"], True, False)
    assert asked_for(acme, "Partners") == ["city", "loyaltyNumber"]
    with tenant_context(acme):
        assert Event.objects.filter(action="user_flow.created", target_name="Partners").count() == 1


def test_sign_up_can_be_off_from_the_start(ada_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(f"{FLOWS}new/", {"name": "Staff", "methods": ["password"]})
    assert not flows_of(acme)["Staff"].allows_sign_up
    assert asked_for(acme, "Staff") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 65}, "name"),
        ({"name": "Sign up and sign in"}, "name"),
        ({"methods": ["magic"]}, "methods"),
        ({"methods": []}, "methods"),
        ({"attributes": ["email"]}, "attributes"),
        ({"attributes": ["is_staff"]}, "attributes"),
        ({"attributes": ["__proto__"]}, "attributes"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    create: Callable[..., Any], acme: Tenant, changes: dict[str, Any], field: str
) -> None:
    answer = create(**changes)
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert 'value="code"' in answer.content.decode()
    assert "Partners" not in flows_of(acme)


def test_a_tenant_has_ten_flows_at_most(create: Callable[..., Any], ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        for number in range(9):
            create_user_flow(name=f"Flow {number}", methods=("code",), actor=Actor.command())
    assert "10 user flows at most" in create().content.decode()
    assert f"{FLOWS}new/" not in ada_portal.get(FLOWS).content.decode()


def test_ada_changes_methods_name_and_sign_up(ada_portal: Browser, acme: Tenant, default: UserFlow) -> None:
    answer = ada_portal.post(f"{FLOWS}{default.pk}/", {"name": "Come in", "methods": ["code", "password"]})
    assert answer.status_code == 302
    flow = flows_of(acme)["Come in"]
    assert (flow.methods, flow.allows_sign_up) == (["password", "code"], False)
    with tenant_context(acme):
        event = Event.objects.filter(action="user_flow.changed").latest("id")
    assert event.details == {
        "fields": ["name", "methods", "allows_sign_up"],
        "now": {"methods": ["password", "code"], "allows_sign_up": False},
    }


def test_an_order_chosen_elsewhere_stays_while_the_methods_do(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    with tenant_context(acme):
        change_user_flow(default, methods=("code", "password"), actor=Actor.command())
    path = f"{FLOWS}{default.pk}/"
    ada_portal.post(path, {"name": "Come in", "methods": ["password", "code"]})
    assert flows_of(acme)["Come in"].methods == ["code", "password"]
    assert "<div>Email one-time code</div><div>Email with password</div>" in ada_portal.get(FLOWS).content.decode()


def test_another_flow_becomes_the_default_one_for_applications_to_come(
    ada_portal: Browser, acme: Tenant, create: Callable[..., Any], default: UserFlow, bookshop: Application
) -> None:
    create(name="Staff only")
    staff = flows_of(acme)["Staff only"]
    assert "Make default" not in ada_portal.get(f"{FLOWS}{default.pk}/").content.decode()
    assert "Make default" in ada_portal.get(f"{FLOWS}{staff.pk}/").content.decode()
    answer = ada_portal.post(f"{FLOWS}{staff.pk}/default", follow=True)
    assert "Staff only is now the default user flow." in answer.content.decode()
    flows = flows_of(acme)
    assert [name for name, flow in flows.items() if flow.is_default] == ["Staff only"]
    with tenant_context(acme):
        assert register_application(name="Later", kind="spa", actor=Actor.command()).user_flow == staff
        bookshop.refresh_from_db()
        event = Event.objects.filter(action="user_flow.changed").latest("id")
    assert bookshop.user_flow_id == default.pk
    assert (event.target_name, event.details["now"]) == ("Staff only", {"is_default": True})
    assert f"{staff.pk}/delete/" not in ada_portal.get(f"{FLOWS}{staff.pk}/").content.decode()
    overview = ada_portal.get("/tenants/acme/").content.decode()
    (path,) = re.findall(r'href="[^"]*/t/acme(/[^"]*)"[^>]*>(?:(?!</a>).)*Try the sign-up page', overview, re.DOTALL)
    visitor = Customer(acme)
    visitor.visit(path)
    with tenant_context(acme):
        assert Journey.objects.latest("expires_at").user_flow == staff


def test_grace_makes_no_flow_of_acme_the_default_one(
    grace_portal: Browser, acme: Tenant, create: Callable[..., Any]
) -> None:
    create(name="Staff only")
    staff = flows_of(acme)["Staff only"]
    for tenant in ("acme", "globex"):
        assert grace_portal.post(f"/tenants/{tenant}/user-flows/{staff.pk}/default").status_code == 404
    assert not flows_of(acme)["Staff only"].is_default


def test_the_flow_is_run_at_the_tenants_own_address(ada_portal: Browser, default: UserFlow) -> None:
    page = ada_portal.get(f"{FLOWS}{default.pk}/")
    assert page.context["run_url"].endswith(f"/t/acme/sign-in/?flow={default.pk}")
    assert f'href="/tenants/acme/user-flows/{default.pk}/run/"' in page.content.decode()


def test_ticking_attributes_keeps_the_layout_of_those_that_stay(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    untick(ada_portal, f"{FLOWS}{default.pk}/attributes/", ["country", "givenName"])
    assert asked_for(acme, default.name) == ["givenName", "country"]
    with tenant_context(acme):
        assert default.attributes.get(attribute="givenName").is_required


def test_what_an_unticked_attribute_takes_with_it_is_said_before(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    with tenant_context(acme):
        words = {"loyaltyNumber": RowWords(label="Kundennummer")}
        translate(default, words)
        default.attributes.filter(attribute="loyaltyNumber").update(hint="On the card")
    path = f"{FLOWS}{default.pk}/attributes/"
    before = asked_for(acme, default.name)

    asked = ada_portal.post(path, {"attributes": ["surname"]})

    page = asked.content.decode()
    assert "Given name: that it is required." in page
    assert "loyaltyNumber: the label “Loyalty number”, all that is below “More”, the texts in German." in page
    assert asked_for(acme, default.name) == before
    # Something else unticked meanwhile isn't covered by that yes.
    again = ada_portal.post(path, {"attributes": ["surname", "givenName"], "confirmed": asked.context["confirmed"]})
    assert "Given name" not in str(again.context["consequences"])
    assert asked_for(acme, default.name) == before
    ada_portal.post(path, {"attributes": ["surname"], "confirmed": asked.context["confirmed"]})
    assert asked_for(acme, default.name) == ["surname"]


def test_what_was_never_arranged_is_unticked_without_a_question(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    ada_portal.post(f"{FLOWS}{default.pk}/attributes/", {"attributes": ["givenName", "loyaltyNumber"]})
    assert asked_for(acme, default.name) == ["givenName", "loyaltyNumber"]


def test_unticking_all_leaves_the_address_alone(ada_portal: Browser, acme: Tenant, default: UserFlow) -> None:
    untick(ada_portal, f"{FLOWS}{default.pk}/attributes/", [])
    assert asked_for(acme, default.name) == []
    assert "Nothing is asked for" in ada_portal.get(f"{FLOWS}{default.pk}/page-layout/").content.decode()


def test_applications_are_given_the_flow_and_have_one_only(
    create: Callable[..., Any], ada_portal: Browser, acme: Tenant, bookshop: Application, mobile: Application
) -> None:
    create()
    flow = flows_of(acme)["Partners"]
    path = f"{FLOWS}{flow.pk}/applications/"
    assert "Uses Sign up and sign in now" in ada_portal.get(path).content.decode()
    assert ada_portal.post(path, {"applications": [bookshop.pk]}).status_code == 302
    with tenant_context(acme):
        assert [application.name for application in Application.objects.filter(user_flow=flow)] == ["Bookshop"]
        assert Application.objects.get(name="Mobile").user_flow.is_default


def test_whoever_changes_a_flow_sees_which_applications_that_reaches(
    ada_portal: Browser, acme: Tenant, bookshop: Application, mobile: Application, default: UserFlow
) -> None:
    path = f"{FLOWS}{default.pk}/"
    link = f'href="{path}applications/"><bdi>{bookshop.name}, {mobile.name}</bdi></a>'
    assert link in ada_portal.get(f"{path}attributes/").content.decode()
    with tenant_context(acme):
        for number in range(3):
            callback = f"https://shop{number}.example/callback"
            register_application(name=f"Annex {number}", kind="web", redirect_uris=[callback], actor=Actor.command())
    assert "<bdi>Annex 0, Annex 1, Annex 2</bdi> and 2 more</a>" in ada_portal.get(path).content.decode()


def test_neither_a_service_nor_another_tenants_application_can_be_given_a_flow(
    ada_portal: Browser, default: UserFlow, reports: Application, acme: Tenant
) -> None:
    path = f"{FLOWS}{default.pk}/applications/"
    for number in (reports.pk, 999_999, "x"):
        assert ada_portal.post(path, {"applications": [number]}).context["form"].errors["applications"]


def test_a_flow_in_use_and_the_default_one_stay(
    create: Callable[..., Any], ada_portal: Browser, acme: Tenant, bookshop: Application, default: UserFlow
) -> None:
    create()
    flow = flows_of(acme)["Partners"]
    ada_portal.post(f"{FLOWS}{flow.pk}/applications/", {"applications": [bookshop.pk]})
    page = ada_portal.post(f"{FLOWS}{flow.pk}/delete/", {"typed_name": "Partners"}).content.decode()
    assert "1 application uses this flow" in page
    assert "Bookshop" in page
    ada_portal.post(f"{FLOWS}{default.pk}/delete/", {"typed_name": default.name})
    assert {"Partners", default.name} <= set(flows_of(acme))


def test_an_unused_flow_goes_when_its_name_is_typed(
    create: Callable[..., Any], ada_portal: Browser, acme: Tenant
) -> None:
    create()
    flow = flows_of(acme)["Partners"]
    assert ada_portal.post(f"{FLOWS}{flow.pk}/delete/", {"typed_name": "partner"}).status_code == 200
    assert ada_portal.post(f"{FLOWS}{flow.pk}/delete/", {"typed_name": "Partners"})["Location"] == FLOWS
    assert "Partners" not in flows_of(acme)


def test_a_name_is_text_wherever_it_is_shown(create: Callable[..., Any], ada_portal: Browser, acme: Tenant) -> None:
    create(name=SCRIPT)
    flow = flows_of(acme)[SCRIPT]
    tabs = ("", "attributes/", "page-layout/", "applications/", "delete/")
    for path in [FLOWS, *(f"{FLOWS}{flow.pk}/{tab}" for tab in tabs), "/tenants/acme/applications/new/"]:
        page = ada_portal.get(path).content.decode()
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


def test_the_service_refuses_what_the_pages_never_send(acme: Tenant) -> None:
    with tenant_context(acme), pytest.raises(ValidationError) as refused:
        create_user_flow(name="x\0y", methods=("code",), actor=Actor.command())
    assert "name" in refused.value.message_dict


@pytest.mark.parametrize("tab", ["", "attributes/", "page-layout/", "applications/", "delete/"])
def test_grace_sees_nothing_of_acme(grace_portal: Browser, acme: Tenant, default: UserFlow, tab: str) -> None:
    for path in (f"{FLOWS}{default.pk}/{tab}", f"/tenants/globex/user-flows/{default.pk}/{tab}"):
        assert grace_portal.get(path).status_code == 404
        assert grace_portal.post(path, {"name": "Mine", "methods": ["code"]}).status_code == 404
    assert grace_portal.get(FLOWS).status_code == 404
    assert default.name in flows_of(acme)


def gaps_at(portal: Browser, flow: UserFlow) -> list[str]:
    return list(portal.get(f"{FLOWS}{flow.pk}/").context["readiness"].gaps)


def test_a_flow_says_what_it_lacks_before_customers_use_it(
    ada_portal: Browser, acme: Tenant, create: Callable[..., Any]
) -> None:
    create(attributes=["city", "loyaltyNumber"])
    flow = flows_of(acme)["Partners"]

    page = ada_portal.get(f"{FLOWS}{flow.pk}/").content.decode()

    assert gaps_at(ada_portal, flow) == ["no_application", "no_label", "mail_stays_here"]
    assert "<code>loyaltyNumber</code>" in page
    assert "<code>city</code>" not in page
    assert "3 missing" in ada_portal.get(FLOWS).content.decode()


def test_what_is_done_is_said_no_more(
    ada_portal: Browser, acme: Tenant, default: UserFlow, create: Callable[..., Any], bookshop: Application
) -> None:
    create(attributes=["loyaltyNumber"])
    flow = flows_of(acme)["Partners"]
    with tenant_context(acme):
        set_page_layout(flow, layout=[AttributeLayout("loyaltyNumber", label="Card number")], actor=Actor.command())
        Application.objects.filter(pk=bookshop.pk).update(user_flow=flow)

    assert gaps_at(ada_portal, flow) == ["mail_stays_here"]


def test_terms_without_a_link_are_told_until_there_is_one(ada_portal: Browser, acme: Tenant, default: UserFlow) -> None:
    with tenant_context(acme):
        change_user_flow(default, terms_version="2026-12", actor=Actor.command())
    assert "no_terms_link" in gaps_at(ada_portal, default)
    link = f'href="{FLOWS}{default.pk}/terms/">Terms of use</a></li>'
    assert link in ada_portal.get(f"{FLOWS}{default.pk}/").content.decode()
    brand(acme, terms_url="https://acme.example/terms")
    assert "no_terms_link" not in gaps_at(ada_portal, default)


@pytest.mark.parametrize(
    ("english", "german", "is_told"),
    [
        ("I accept the terms.", "", True),
        ("I accept the [terms](https://acme.example/terms).", "", False),
        ("I accept the [terms](https://acme.example/terms).", "Einverstanden", True),
    ],
)
def test_a_sentence_of_the_flows_own_needs_a_link_to_the_terms_in_each_language(
    ada_portal: Browser, acme: Tenant, default: UserFlow, english: str, german: str, is_told: bool
) -> None:
    brand(acme, terms_url="https://acme.example/terms")
    with tenant_context(acme):
        change_user_flow(default, terms_version="2026-12", terms_text=english, actor=Actor.command())
        translate_terms(default, language="de", text=german, actor=Actor.command())
    assert ("no_terms_link" in gaps_at(ada_portal, default)) == is_told
    for page in ("", "terms/"):
        told = "The sentence about the terms of use lacks a link to them, in one language at least."
        assert (told in ada_portal.get(f"{FLOWS}{default.pk}/{page}").content.decode()) == is_told


def test_a_flow_by_which_nobody_could_ever_come_in_says_so(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    with tenant_context(acme):
        change_user_flow(default, allows_sign_up=False, actor=Actor.command())
    assert "nobody_can_sign_up" not in gaps_at(ada_portal, default)

    with tenant_context(acme):
        Account.objects.update(deleted_at=timezone.now())

    assert "nobody_can_sign_up" in gaps_at(ada_portal, default)


@pytest.mark.parametrize(
    ("state", "gaps"),
    [(None, []), (Message.State.QUEUED, []), (Message.State.SENT, []), (Message.State.FAILED, ["mail_fails"])],
)
def test_mail_that_fails_is_told_where_codes_depend_on_it(
    ada_portal: Browser,
    acme: Tenant,
    default: UserFlow,
    monkeypatch: pytest.MonkeyPatch,
    state: str | None,
    gaps: list[str],
) -> None:
    monkeypatch.setattr("userflows.flows.readiness.keeps_messages", lambda: False)
    with tenant_context(acme):
        if state:
            Message.objects.create(to="carol@acme.example", kind="code", state=state)

    assert gaps_at(ada_portal, default) == gaps


def test_ada_duplicates_a_flow_with_all_its_words(ada_portal: Browser, acme: Tenant, default: UserFlow) -> None:
    german = {"givenName": RowWords("Vorname")}
    with tenant_context(acme):
        translate(default, german)
    page = f"{FLOWS}{default.pk}/duplicate/"
    assert 'value="Copy of Sign up and sign in"' in ada_portal.get(page).content.decode()

    answer: Any = ada_portal.post(page, {"name": "Partners"})

    copy = flows_of(acme)["Partners"]
    assert answer.url == f"{FLOWS}{copy.pk}/"
    with tenant_context(acme):
        now, then = describe(copy), describe(default)
        created = Event.objects.get(action="user_flow.created", target_name="Partners")
        assert created.details == {"copied_from": str(default.pk)}
        assert not copy.applications.exists()
    assert not now.is_default
    assert now.attributes == then.attributes
    assert now.attributes[0].translations == {"de": RowWords("Vorname")}


def test_a_copy_cannot_have_a_name_that_is_taken(ada_portal: Browser, acme: Tenant, default: UserFlow) -> None:
    answer = ada_portal.post(f"{FLOWS}{default.pk}/duplicate/", {"name": default.name})

    assert "exists. Choose another name." in answer.content.decode()
    assert list(flows_of(acme)) == [default.name]


def test_a_tenant_that_has_ten_flows_can_try_a_copy_and_is_offered_no_other(
    ada_portal: Browser, acme: Tenant, default: UserFlow
) -> None:
    page, copies = f"{FLOWS}{default.pk}/", f"{FLOWS}{default.pk}/duplicate/"
    with tenant_context(acme):
        for number in range(9):
            create_user_flow(name=f"Flow {number}", methods=("code",), actor=Actor.command())
    assert "duplicate/" in ada_portal.get(page).content.decode()

    assert ada_portal.post(copies, {"name": "A copy"}).status_code == 302

    assert "A copy" in flows_of(acme)
    assert "11 of 11 user flows" in as_read(ada_portal.get(FLOWS).content.decode())
    assert f"{FLOWS}new/" not in ada_portal.get(FLOWS).content.decode()
    assert "duplicate/" not in ada_portal.get(page).content.decode()
    assert "11 user flows at most" in ada_portal.post(copies, {"name": "X"}).content.decode()


def test_which_method_comes_first_is_chosen(ada_portal: Browser, acme: Tenant) -> None:
    def methods() -> list[str]:
        with tenant_context(acme):
            return UserFlow.objects.get(pk=flow.pk).methods

    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    path, sent = f"{FLOWS}{flow.pk}/", {"name": flow.name, "allows_sign_up": "on"}
    several = sent | {"methods": ["password", "code", "passkey"]}

    ada_portal.post(path, several | {"first_method": "passkey"})

    assert methods() == ["passkey", "password", "code"]
    assert '<option value="passkey" selected>' in ada_portal.get(path).content.decode()
    refused = ada_portal.post(path, sent | {"methods": ["password"], "first_method": "code"})
    assert "It isn’t among those ticked above." in refused.content.decode()
    # Who takes the first one out leaves the choice to the order of the list.
    ada_portal.post(path, sent | {"methods": ["code", "password"], "first_method": "passkey"})
    assert methods() == ["password", "code"]


def test_name_and_methods_are_missed_at_once(ada_portal: Browser, acme: Tenant) -> None:
    errors = ada_portal.post(f"{FLOWS}new/", {"name": ""}).context["form"].errors
    assert set(errors) == {"name", "methods"}
