"""Small things that stood in an administrator's way, each gone the way it was met."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import create_group
from applications.description import Role
from applications.models import Application
from applications.services.roles import define_role
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.registrations import flow_of, page_of

LONG = "https://shop.example/" + "a" * 3_000
OPTIONAL = re.compile(r'<label for="(\w+)">[^<]*<span class="optional">')


def settings_of(tenant: Tenant, uri: str) -> dict[str, object]:
    return {"name": "Bookshop", "redirect_uris": uri, "user_flow": flow_of(tenant).pk}


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_name_with_two_blanks_is_deleted_by_typing_what_the_page_shows(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(name="Book  shop")

    assert ada_portal.post(page_of(bookshop, "delete/"), {"typed_name": "Bookshop"}).status_code == 200
    assert ada_portal.post(page_of(bookshop, "delete/"), {"typed_name": " Book shop "}).status_code == 302


def test_a_tenant_with_two_blanks_in_its_name_is_deleted_that_way_too(ada_portal: Browser, acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name="Acme  Ltd")

    assert ada_portal.post("/tenants/acme/settings/delete", {"typed_name": "Acme Ltd"}).status_code == 302


def test_what_one_of_two_fields_must_say_is_not_called_optional(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        create_group(name="Wholesale", actor=Actor.command())
        role = define_role(bookshop, Role(value="buyer", display_name="Buyer"), actor=Actor.command())

    give_role = OPTIONAL.findall(text(ada_portal.get(page_of(bookshop, f"roles/{role.pk}/"))))
    choose_claim = OPTIONAL.findall(text(ada_portal.get(page_of(bookshop, "claims/new/"))))

    assert give_role == ["id_description"]
    assert not {"id_attribute", "id_text"} & {*choose_claim}


def test_an_error_names_a_long_address_by_its_beginning(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    answer = text(ada_portal.post(page_of(bookshop), settings_of(acme, LONG)))

    assert "characters at most" in answer
    assert answer.count(LONG) == 1, "the field alone holds all of it"
    assert answer.count(LONG[:79] + "…") == 2


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "javascript:alert('x y')", "data:text/html,<b>"])
def test_an_address_that_is_none_is_told_how_one_begins(
    ada_portal: Browser, acme: Tenant, bookshop: Application, uri: str
) -> None:
    answer = text(ada_portal.post(page_of(bookshop), settings_of(acme, uri)))

    assert "Begin the URI with https://." in answer
    assert "without spaces" not in answer


def test_what_is_wrong_with_keys_is_said_beside_what_else_is_wrong(ada_portal: Browser, acme: Tenant) -> None:
    answer = ada_portal.post(
        "/tenants/acme/applications/new/",
        settings_of(acme, "x") | {"name": "", "kind": "web", "auth_method": "private_key_jwt", "jwks": "garbage"},
    )

    assert {"name", "redirect_uris", "jwks"} <= {*answer.context["form"].errors}


def test_the_home_tenants_outbox_leads_nowhere_that_is_closed(olga_portal: Browser) -> None:
    page = text(olga_portal.get("/tenants/home/outbox/"))

    assert "No messages yet" in page
    assert "sign-up" not in page


def test_a_title_says_the_products_name_once(olga_portal: Browser) -> None:
    assert "<title>Overview · CIAM Portal</title>" in text(olga_portal.get("/tenants/home/"))


def test_whoever_stores_a_new_secret_finds_client_id_and_issuer_beside_it(
    ada_portal: Browser, bookshop: Application
) -> None:
    url = page_of(bookshop, "credentials/")
    ada_portal.post(url, {"description": "Production", "expires_in": "180"})

    box = text(ada_portal.get(url)).partition('<section class="secret"')[2].partition("</section>")[0]

    assert bookshop.client_id in box
    assert "/t/acme/oidc" in box
