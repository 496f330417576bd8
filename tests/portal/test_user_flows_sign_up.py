"""Whom a user flow lets sign up, as administrators choose it."""

import re

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import describe, duplicate_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
USUAL = {
    "invited_only": "everybody",
    "verifies_last": "before",
    "minimum_age": "0",
    "birth_attribute": "",
    "human_check": "never",
    "human_by": "puzzle",
}


@pytest.fixture
def path(acme: Tenant) -> str:
    with tenant_context(acme):
        return f"/tenants/acme/user-flows/{UserFlow.objects.get(is_default=True).pk}/sign-up/"


def test_grace_opens_nobody_of_acmes_doors(grace_portal: Browser, path: str) -> None:
    assert grace_portal.post(path, USUAL).status_code == 404


def test_ada_lets_invited_people_of_two_domains_sign_up(ada_portal: Browser, acme: Tenant, path: str) -> None:
    domains = "Acme.example\n*.bücher.example, kim@acme.example\n"
    sent = {**USUAL, "invited_only": "invited", "allowed_domains": domains, "refuses_disposable": "on"}
    page = ada_portal.post(path, sent, follow=True).content.decode()
    assert "acme.example\n*.xn--bcher-kva.example</textarea>" in page
    assert "By invitation" in page
    assert "By invitation" in ada_portal.get("/tenants/acme/user-flows/").content.decode()
    with tenant_context(acme):
        flow = describe(UserFlow.objects.get(is_default=True))
        assert (flow.invited_only, flow.refuses_disposable) == (True, True)
        told = Event.objects.filter(action="user_flow.changed").latest("at").details["now"]
        assert told["allowed_domains"] == ["acme.example", "*.xn--bcher-kva.example"]


def test_ada_has_the_address_verified_last_and_customers_welcomed(ada_portal: Browser, acme: Tenant, path: str) -> None:
    page = ada_portal.post(path, {**USUAL, "verifies_last": "after", "sends_welcome": "on"}, follow=True)
    assert re.search(r'value="after"[^>]* checked', page.content.decode())
    method = path.replace("sign-up/", "")
    kept = {"name": "Sign up and sign in", "methods": ["password"], "allows_sign_up": "on"}
    refused = ada_portal.post(method, {**kept, "finished_url": "mailto:help@acme.example"}).content.decode()
    assert "Begin the address with https://." in refused
    assert 'value="mailto:help@acme.example"' in refused
    ada_portal.post(method, {**kept, "finished_url": " https://www.acme.example/ "})
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        now = describe(flow)
        told = Event.objects.filter(action="user_flow.changed").latest("at").details["now"]
        copy = describe(duplicate_user_flow(flow, name="Copy", actor=Actor.command()))
    assert told == {"finished_url": "https://www.acme.example/"}
    chosen = (True, True, "https://www.acme.example/")
    assert [(each.verifies_last, each.sends_welcome, each.finished_url) for each in (now, copy)] == [chosen, chosen]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(ada_portal: Browser, path: str) -> None:
    wrong = ada_portal.post(path, {**USUAL, "blocked_domains": "good.example\nno domain", "minimum_age": "16"})
    assert set(wrong.context["form"].errors) == {"blocked_domains", "birth_attribute"}
    assert "good.example\nno domain</textarea>" in wrong.content.decode()


def test_ada_asks_for_an_age_by_a_date_that_everybody_gives(ada_portal: Browser, acme: Tenant, path: str) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="born", data_type=CustomAttribute.DataType.DATE, actor=Actor.command())
        layout = [AttributeLayout("born", is_required=True)]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
    assert 'value="born"' in ada_portal.get(path).content.decode()
    assert ada_portal.post(path, {**USUAL, "minimum_age": "16", "birth_attribute": "born"}).status_code == 302
    layout_path = path.replace("sign-up", "page-layout")
    optional = {"attribute": ["born"], "born-input-type": "date", "born-asked": "sign_up"}
    refused = ada_portal.post(layout_path, optional).content.decode()
    assert "The minimum age needs a date" in refused
    with tenant_context(acme):
        attribute = CustomAttribute.objects.get(name="born")
    deleted = f"/tenants/acme/user-flows/custom-attributes/{attribute.pk}/delete/"
    assert "needs it for its minimum age" in ada_portal.post(deleted, {"typed_name": "born"}).content.decode()
