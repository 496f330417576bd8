"""Ada finds what she looks for from anywhere, and nobody finds what they may not open."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Page, expect

from accounts.identity.services.groups import create_group
from accounts.models import Account, Group
from applications.models import Application
from audit.services import Actor
from portal_frame import pages as frame_pages
from portal_frame.access import OF_EVERY_ADMINISTRATOR, Need, of_role
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.postgresql import connection
from tests.browser import Browser
from tests.screens import DESK, check_in_every_look

FIND = "/tenants/acme/find/"
SCRIPT = "<script>alert(1)</script>"


def found(portal: Browser, query: str, path: str = FIND) -> dict[str, list[str]]:
    groups = portal.get(path, {"q": query}).context["groups"]
    return {group.title: [row.title for row in group.rows] for group in groups}


@pytest.fixture
def things(acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        create_group(name="Book club", actor=Actor.command())


def test_one_word_finds_whatever_begins_with_it(ada_portal: Browser, things: None) -> None:
    rows = found(ada_portal, "book")

    assert rows["App registrations"] == ["Bookshop"]
    assert rows["Groups"] == ["Book club"]


@pytest.mark.parametrize(
    ("query", "source", "title"),
    [
        ("sess", "Pages", "Settings › Security › Sessions"),
        ("jwks", "Pages", "Settings › Issuer › Signing keys"),
        ("sms", "Pages", "Settings › Messages › Text messages"),
        ("lost phone", "Pages", "Customers"),
        ("who changed", "Pages", "Logs › Audit"),
        ("postal code", "Pages", "User flows"),
        ("new app", "Pages", "Register application"),
        ("export", "Pages", "Export customers"),
        ("import", "Pages", "Import customers"),
        ("stay signed", "Settings", "Offer to stay signed in"),
        ("accent", "Settings", "Accent colour"),
        ("site key", "Settings", "Site key"),
        ("at most in an hour", "Settings", "At most in an hour"),
        ("register themselves", "Pages", "Settings › Issuer › Registration"),
        ("sign up and", "User flows", "Sign up and sign in"),
        ("key rotation", "Pages", "Settings › Issuer › Signing keys"),
        ("rotate by hand", "Documentation", "Signing keys › Rotate by hand"),
        ("acme", "Tenants", "Acme"),
        ("arter", "Customers", "Carol Carter"),
        ("carol@acme", "Customers", "Carol Carter"),
        ("signing-keys", "Pages", "Settings › Issuer › Signing keys"),
        ("web-hook", "Pages", "Hooks"),
    ],
)
def test_each_source_finds_its_own(ada_portal: Browser, query: str, source: str, title: str) -> None:
    assert title in found(ada_portal, query)[source]


def test_who_reads_german_finds_a_page_by_its_german_name_and_by_its_english_one(ada_portal: Browser) -> None:
    for query in ("kunden exp", "export cust"):
        page = ada_portal.get("/tenants/acme/find/", {"q": query}, headers={"accept-language": "de"})
        assert "Kunden exportieren" in page.content.decode(), query


def test_a_word_is_found_with_its_hyphen_as_people_write_it(ada_portal: Browser) -> None:
    for query, title in (("App-Registrierungen", "App-Registrierungen"), ("e-mail", "E-Mail"), ("email", "E-Mail")):
        page = ada_portal.get(FIND, {"q": query}, headers={"accept-language": "de"})
        titles = [row.title for group in page.context["groups"] for row in group.rows]
        assert any(title in each for each in titles), query
    assert "Pages" not in found(ada_portal, "-")


def test_an_application_is_found_by_its_client_id_before_all_else(ada_portal: Browser, bookshop: Application) -> None:
    rows = found(ada_portal, bookshop.client_id)

    assert list(rows) == ["App registrations"]
    assert next(iter(found(ada_portal, "bookshop"))) == "App registrations"


def test_a_customer_is_found_by_their_id_at_their_own_tenant_alone(
    ada_portal: Browser, grace_portal: Browser, carol: Account
) -> None:
    assert list(found(ada_portal, str(carol.pk))) == ["Customers"]
    elsewhere = grace_portal.get("/tenants/globex/find/", {"q": str(carol.pk)}).content.decode()
    assert "Carol" not in elsewhere


def test_decisions_of_those_who_build_it_are_no_answer(ada_portal: Browser) -> None:
    rows = [title for titles in found(ada_portal, "web processes share").values() for title in titles]
    assert not any(title.startswith("0058") for title in rows)


def test_before_anything_is_typed_there_are_the_pages_of_the_tenant(ada_portal: Browser) -> None:
    rows = found(ada_portal, "")

    assert list(rows) == ["Pages"]
    assert {"Overview", "Company branding", "Tenants"} <= set(rows["Pages"])


def test_every_page_found_is_there(olga_portal: Browser) -> None:
    answer = olga_portal.get(FIND)

    for group in answer.context["groups"]:
        for row in group.rows:
            assert olga_portal.get(row.url).status_code == 200, row.url


@pytest.mark.parametrize(
    "query", ["stay", "name", "colour", "rotate", "privacy", "keep", "port", "site", "at most", "response"]
)
def test_a_setting_found_is_on_the_page_it_leads_to(ada_portal: Browser, query: str) -> None:
    groups = ada_portal.get(FIND, {"q": query}).context["groups"]

    rows = next(group.rows for group in groups if group.title == "Settings")
    for row in rows:
        path, _, anchor = row.url.partition("#")
        assert f'id="{anchor}"' in ada_portal.get(path).content.decode(), row.url


def test_nothing_of_another_tenant_is_found(
    ada_portal: Browser, olga_portal: Browser, globex: Tenant, gadgets: Application
) -> None:
    for query in ("Gadgets", gadgets.client_id, "globex"):
        rows = found(ada_portal, query)
        assert "App registrations" not in rows
        assert "Tenants" not in rows
    assert found(olga_portal, "globex")["Tenants"] == ["Globex"]


# Which need lets one see the things of a source, and what finds one of them at acme.
SEEN_BY = {
    "App registrations": (Need.APPLICATIONS_READ, "book"),
    "User flows": (Need.FLOWS_READ, "sign up"),
    "Groups": (Need.CUSTOMERS_READ, "book"),
    "Customers": (Need.CUSTOMERS_READ, "carol"),
    "Settings": (Need.SETTINGS_READ, "country"),
}


@pytest.mark.parametrize("role", AdministratorRole)
def test_each_role_finds_what_it_may_read_and_nothing_else(
    ada: Account, ada_portal: Browser, acme: Tenant, things: None, role: AdministratorRole
) -> None:
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk, tenant=acme).update(role=role)

    for source, (needs, query) in SEEN_BY.items():
        assert (source in found(ada_portal, query)) == (needs in of_role(role)), source
    for group in ada_portal.get(FIND).context["groups"]:
        for row in group.rows:
            assert ada_portal.get(row.url).status_code == 200, row.url


def test_who_may_do_nothing_in_a_tenant_finds_nothing_of_it(
    ada_portal: Browser, things: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_pages, "allowed", lambda **_: OF_EVERY_ADMINISTRATOR | Need.OVERVIEW_READ)

    assert set(found(ada_portal, "book")) <= {"Documentation"}
    pages = found(ada_portal, "")["Pages"]
    assert pages == ["Overview", "Tenants", "Your profile", "Your sessions", "Your roles", "Documentation"]


def test_outside_of_a_tenant_there_are_tenants_and_pages_of_the_installation(
    ada_portal: Browser, olga_portal: Browser
) -> None:
    assert found(ada_portal, "acme", "/find/")["Tenants"] == ["Acme"]
    assert "App registrations" not in found(ada_portal, "book", "/find/")
    assert "Jobs" not in found(ada_portal, "", "/find/")["Pages"]
    assert "Jobs" in found(olga_portal, "", "/find/")["Pages"]
    assert found(olga_portal, "app regis", "/find/")["Settings"] == ["App registrations"]
    assert "Settings" not in found(ada_portal, "app regis", "/find/")


@pytest.mark.parametrize("query", ["%", "_", "\0", "'; --", SCRIPT, "a" * 500, "*", "\\"])
def test_whatever_eve_types_is_only_looked_for(ada_portal: Browser, bookshop: Application, query: str) -> None:
    answer = ada_portal.get(FIND, {"q": query})

    assert answer.status_code == 200
    assert SCRIPT not in answer.content.decode()
    assert "Bookshop" not in [row.title for group in answer.context["groups"] for row in group.rows]


def test_the_palette_gets_the_rows_alone(ada_portal: Browser, things: None) -> None:
    part = ada_portal.get(FIND, {"q": "book"}, headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert "Bookshop" in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_a_search_costs_as_many_statements_however_much_there_is(
    ada_portal: Browser, acme: Tenant, things: None
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            ada_portal.get(FIND, {"q": "book"}, headers={"HX-Request": "true"})
        # That a connection changes to another tenant depends on where it was.
        return sum("set_config" not in query["sql"] for query in asked)

    cost()
    with_one = cost()
    with tenant_context(acme):
        Group.objects.bulk_create(Group(name=f"Book {number}") for number in range(40))
        copies = (Application(name=f"Book {number}", kind="service", client_id=str(uuid4())) for number in range(40))
        Application.objects.bulk_create(copies)

    assert cost() == with_one
    assert len(found(ada_portal, "book")["Groups"]) == len(found(ada_portal, "book")["App registrations"]) == 5


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_keyboard_is_enough(window: Callable[..., Page], bookshop: Application) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/acme/groups/")
    search = page.locator("#palette [type=search]")
    rows = page.locator("#palette-found a")

    page.keyboard.press("Control+k")
    expect(rows.first).to_have_text("Overview")
    page.keyboard.type("bran")
    expect(rows.first).to_have_text("Company branding")
    check_in_every_look(page)
    page.set_viewport_size(DESK)
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/find/*"):
        search.dispatch_event("search")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()

    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("booksh")
    expect(rows.first).to_contain_text("Bookshop")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{bookshop.client_id}/quick-start/$"))

    # Until its scripts are there, a page has no shortcuts.
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.get_by_label("Open with /").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(search).to_be_hidden()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_a_script_search_is_a_page(window: Callable[..., Page], bookshop: Application) -> None:
    page = window(viewport=DESK, java_script_enabled=False)
    page.goto("/tenants/acme/groups/")

    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("book")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("link", name="Bookshop")).to_be_visible()
