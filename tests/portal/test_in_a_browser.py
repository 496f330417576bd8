"""Olga at her screen, and on her phone: the frame of the portal, and her pages about tenants."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, Route, expect

from accounts.identity.services.groups import create_group
from applications.models import Application
from audit.services import Actor
from tenants.description import TenantDescription
from tenants.models import Tenant
from tenants.services import apply, delete_tenant, suspend_tenant
from tests.browser import Browser
from tests.cast import tenant_named
from tests.oidc.signing_keys import age, kids
from tests.portal.doors import DOORS, Door, Things, things_of
from tests.screens import DESK, PHONE, check, check_as_if_new_in_every_look, visit, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]
# What forms and reading are wide, and what lists are: a page's own width beside its menu.
FORM, PAGE = 760, 1017
# How wide the boxes of a page are, apart from those inside another, menus that open over it, and the text of the
# documentation; several side by side are one. How far from the edge of its box a text begins: of headings, of what
# stands below them, and of a table's first column. How links of rows are written. Whether of the buttons that save the
# first alone is the primary one.
MEASURE = """() => {
    const seen = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const columns = ".panels, .branding-columns, .words-columns";
    return {
        widths: seen(`.page-inner :is(.panel, .table-wrap, .notice, ${columns})`)
            .filter((each) => !each.parentElement.closest(`.panel, ${columns}, .choices, .prose`))
            .map((each) => Math.round(each.getBoundingClientRect().width)),
        indents: seen(".panel-head h2, .panel-body, .facts dt, table tr > :first-child").map((each) => {
            const around = each.closest(".panel, .table-wrap:not(.table-flush)").getBoundingClientRect();
            const room = parseFloat(getComputedStyle(each).paddingLeft);
            return Math.round(each.getBoundingClientRect().left + room - around.left);
        }),
        links: seen(".list-table tbody td:first-child > a")
            .map((each) => getComputedStyle(each).color + getComputedStyle(each).fontWeight),
        saves: seen(".panel-foot").map((foot) => [...foot.querySelectorAll("button")]
            .filter((each) => each.textContent.trim().startsWith("Save")))
            .filter((saves) => saves.length).map(([first, ...others]) =>
                first.matches(".btn-primary") && !others.some((each) => each.matches(".btn-primary"))),
    };
}"""
# States of pages, and addresses that lead nowhere, beside the pages that the URL map has; of those, two for the frame.
# Every page is looked at for a minute, which several processes share.
SHARES = 4
PAGES = (
    "/tenants/",
    "/jobs/?state=stuck",
    "/tenants/?q=nobody",
    "/tenants/acme/",
    "/tenants/home/outbox/",
    "/tenants/home/settings/",
    "/tenants/globex/",
    "/tenants/nowhere/",
    "/t/globex/sign-in/",
    "/t/nowhere/",
)


def refusals_in(page: Page) -> list[str]:
    """What the console will have said of our policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Policy" in message.text else None)
    return said


def test_everybody_can_use_the_pages(window: Window, acme: Tenant) -> None:
    suspend_tenant(tenant_named("globex"), actor=Actor.command())
    page = window()
    refused = refusals_in(page)

    for address in PAGES:
        page.goto(address)
        check_as_if_new_in_every_look(page)

    assert refused == []


def pages_of(portal: Browser, things: Things, doors: Sequence[Door]) -> Iterator[str]:
    """Of these addresses of the portal, taken from the URL map, each that is a page to look at."""
    for door in doors:
        answer = portal.get(things.url(door))
        if answer.status_code == HTTPStatus.OK:
            # Elsewhere: a part of a page or a file. The preview of the branding runs no script, axe's included;
            # tests/branding looks at it in its frame.
            is_for_a_frame = "sandbox" in answer.headers.get("Content-Security-Policy", "")
            if not is_for_a_frame and answer.getvalue().lower().startswith(b"<!doctype html"):
                yield things.url(door)
        elif answer.status_code != HTTPStatus.FOUND:
            # For sending forms only, and what nobody has uploaded or begun.
            assert answer.status_code == (HTTPStatus.NOT_FOUND if door.is_shut else HTTPStatus.METHOD_NOT_ALLOWED), door


@pytest.mark.parametrize("share", range(SHARES))
def test_everybody_can_use_every_page_and_all_are_of_one_design(
    window: Window,
    olga_portal: Browser,
    acme: Tenant,
    mobile: Application,
    reports: Application,
    share: int,
) -> None:
    things = things_of(acme)
    with tenant_context(acme):
        empty = create_group(name="Nobody yet", actor=Actor.command())
    page = window()
    further = [f"/tenants/acme/groups/{empty.pk}/"]
    for application in (mobile, reports):
        about = f"/tenants/acme/applications/{application.client_id}/"
        further += [about + tab for tab in ("", "credentials/", "credentials/grants/", "tokens/", "quick-start/")]
    refused = refusals_in(page)
    pages = [*pages_of(olga_portal, things, DOORS[share::SHARES])]
    assert len(pages) > 5
    links, indents = set(), set()
    for address in (*pages, *further[share::SHARES]):
        desk, phone = visit(page, address, MEASURE)
        assert {*desk["widths"]} <= {FORM, PAGE}, address
        assert all(desk["saves"]), address
        links |= {*desk["links"]}
        indents |= {*desk["indents"], *phone["indents"]}
        assert (len(links), len(indents)) <= (1, 1), (address, links, indents)
    assert (len(links), len(indents)) == (1, 1)
    assert refused == []


def test_the_grants_of_an_application_are_chosen_each_by_its_own_mark(window: Window, bookshop: Application) -> None:
    page = window(viewport=DESK)
    page.goto(f"/tenants/acme/applications/{bookshop.client_id}/credentials/grants/")

    page.get_by_label("Refresh token").set_checked(not page.get_by_label("Refresh token").is_checked())
    page.get_by_label("Device code").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Device code").first).to_be_visible()
    with tenant_context(tenant_named("acme")):
        bookshop.refresh_from_db()
    assert "urn:ietf:params:oauth:grant-type:device_code" in bookshop.grants


def test_what_takes_the_focus_is_never_behind_the_bar_with_save(window: Window, bookshop: Application) -> None:
    page = window(viewport={"width": 1360, "height": 500})
    # Of an input of many lines the browser brings that into sight in which one writes: the first.
    covered = """() => {
        const element = document.activeElement, focused = element.getBoundingClientRect();
        const bar = document.querySelector(".save-bar").getBoundingClientRect();
        const bottom = focused.top + focused.height / (element.rows || 1);
        return !element.closest(".save-bar") && bottom > bar.top && focused.top < bar.bottom;
    }"""
    for address in ("branding/default/", f"applications/{bookshop.client_id}/"):
        page.goto(f"/tenants/acme/{address}")
        page.locator("main form :is(.form-check-input, .form-control)").first.focus()
        expect(page.locator(".save-bar")).to_be_in_viewport(ratio=1)
        while page.evaluate("!document.activeElement.closest('.save-bar')"):
            wait_until(page, f"!({covered})()")
            page.keyboard.press("Tab")
        assert page.evaluate("scrollY") > 0


def test_long_names_break_and_the_rest_stays_in_its_place(window: Window, bookshop: Application) -> None:
    long = "W" + "o" * 118 + "w"
    acme = tenant_named("acme")
    apply(acme, TenantDescription(long + long), actor=Actor.command())
    with tenant_context(acme):
        bookshop.name = long
        bookshop.save(update_fields=["name"])
        group = create_group(name=long, actor=Actor.command())
    application = f"/tenants/acme/applications/{bookshop.client_id}/"
    page = window(viewport=PHONE)
    for address in (
        "/tenants/",
        "/tenants/acme/",
        "/tenants/acme/settings/delete",
        "/tenants/acme/applications/",
        application,
        f"{application}delete/",
        "/tenants/acme/groups/",
        f"/tenants/acme/groups/{group.pk}/delete/",
    ):
        page.goto(address)
        check(page)
        stick_out = "[...document.querySelectorAll('.table-wrap')].some(table => table.scrollWidth > table.clientWidth)"
        assert not page.evaluate(stick_out), address


def test_only_what_belongs_to_the_choice_is_asked_for(window: Window, bookshop: Application) -> None:
    page = window(viewport=DESK)
    page.goto(f"/tenants/acme/applications/{bookshop.client_id}/claims/new/")
    expect(page.locator("#id_attribute")).to_be_visible()
    expect(page.locator("#id_text")).to_be_hidden()
    page.get_by_label("Always the same text").check()
    expect(page.locator("#id_text")).to_be_visible()
    expect(page.locator("#id_attribute")).to_be_hidden()

    page.goto("/tenants/acme/settings/sessions/")
    expect(page.locator("#id_stay_days")).to_be_visible()
    page.get_by_label("Offer to stay signed in").uncheck()
    expect(page.locator("#id_stay_days")).to_be_hidden()


TYPED_TOO_EARLY = """document.addEventListener("DOMContentLoaded", () => {
    const name = document.querySelector("#id_name");
    if (name) { name.value = "Initech"; name.dispatchEvent(new Event("input", { bubbles: true })); }
})"""


def test_whoever_types_before_the_page_is_ready_is_told_of_the_domain_all_the_same(window: Window) -> None:
    page = window(viewport=DESK)
    page.add_init_script(TYPED_TOO_EARLY)
    page.goto("/tenants/new/")
    expect(page.get_by_label("Domain")).to_have_value("initech")
    expect(page.get_by_text("“initech” is free.")).to_be_visible(timeout=5000)


def test_a_tenant_is_created_with_its_domain_checked_on_the_way(window: Window) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/")
    page.get_by_role("link", name="Create tenant").click()

    page.get_by_label("Name").fill("Initech")
    expect(page.get_by_label("Domain")).to_have_value("initech")
    expect(page.get_by_text("“initech” is free.")).to_be_visible()
    page.get_by_label("Domain").fill("")
    page.get_by_label("Domain").press_sequentially("acme")
    page.get_by_label("Name").press_sequentially(" Group")
    expect(page.get_by_label("Domain")).to_have_value("acme")
    page.get_by_label("Name").fill("Initech")
    expect(page.get_by_text("The domain “acme” is taken.")).to_be_visible()
    check(page)
    page.get_by_label("Domain").fill("initech")
    expect(page.get_by_text("“initech” is free.")).to_be_visible()
    page.get_by_label("Country or region").select_option("US")
    page.get_by_role("button", name="Create tenant").click()

    expect(page.get_by_role("heading", name="Get started with Initech")).to_be_visible()
    expect(page.get_by_text("Initech is ready.")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Close this message").click()
    expect(page.get_by_text("Initech is ready.")).to_have_count(0)
    page.get_by_role("link", name="Go to the overview").click()
    expect(page.get_by_role("heading", name="Initech Active")).to_be_visible()


def test_what_is_wrong_takes_the_focus_and_leads_to_the_field(window: Window) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/new/")
    page.get_by_label("Domain").fill("acme")
    page.get_by_role("button", name="Create tenant").click()

    expect(page.get_by_role("alert")).to_be_focused()
    check(page)
    page.get_by_role("alert").get_by_role("link", name="Domain").click()

    expect(page.get_by_label("Domain")).to_be_focused()
    assert page.get_by_label("Domain").input_value() == "acme"


def test_the_search_narrows_the_list_while_olga_types(window: Window) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/")

    page.get_by_role("searchbox").press_sequentially("glo")

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.url.endswith("?q=glo")


def test_what_was_typed_before_the_scripts_came_is_searched_for(window: Window) -> None:
    page = window(viewport=DESK)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx*", hold)
    page.goto("/tenants/", wait_until="commit")

    page.get_by_role("searchbox").fill("glo")
    held.pop().continue_()

    expect(page.get_by_role("row")).to_have_count(2)
    assert page.url.endswith("?q=glo")


def test_an_identifier_is_copied(window: Window, acme: Tenant) -> None:
    page = window(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/tenants/acme/")

    page.get_by_role("button", name="Copy tenant id").click()

    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == str(acme.pk)


def test_the_switcher_leads_to_another_tenant_and_closes_on_escape(window: Window) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/acme/")
    switcher = page.locator(".side details.switcher")

    switcher.locator("summary").click()
    check(page)
    page.keyboard.press("Tab")
    expect(switcher.locator("summary")).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(switcher).not_to_have_attribute("open", "")
    expect(switcher.locator("summary")).to_be_focused()
    switcher.locator("summary").click()
    switcher.get_by_role("link", name="Globex").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Globex")


def test_without_scripts_everything_still_works(window: Window) -> None:
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto("/tenants/acme/")
    page.get_by_text("Menu", exact=True).click()
    page.locator(".phone-menu").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Danger zone").click()
    page.get_by_role("link", name="Delete tenant").click()
    page.get_by_label("Name", exact=True).fill("Acme")
    page.get_by_role("button", name="Delete tenant").click()

    expect(page.get_by_text("Acme is deleted. You can restore it for 30 days.")).to_be_visible()
    page.get_by_role("link", name="Acme").first.click()
    page.get_by_role("button", name="Restore tenant").click()
    expect(page.get_by_text("Acme is back, as it was.")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()


def test_the_keys_are_rotated_a_day_after_the_next_ones_were_published(window: Window, acme: Tenant) -> None:
    page = window()
    page.goto("/tenants/acme/settings/signing-keys/")
    page.get_by_role("button", name="Publish next keys").click()
    expect(page.get_by_text("The next keys are published.")).to_be_visible()
    expect(page.get_by_role("button", name="Rotate keys")).to_have_count(0)
    coming = kids(acme, "next")
    age(acme, timedelta(days=1))

    page.reload()
    page.get_by_role("button", name="Rotate keys").click()

    expect(page.get_by_text("The keys were rotated.")).to_be_visible()
    assert kids(acme, "active") == coming


def test_a_deleted_tenant_looks_gone_everywhere(window: Window, acme: Tenant) -> None:
    delete_tenant(acme, typed_name="Acme", actor=Actor.command())
    page = window(viewport=PHONE)

    for address, words in (
        ("/tenants/", "Deleted until"),
        ("/tenants/acme/", "This tenant is deleted"),
        ("/tenants/acme/settings/", "This tenant is deleted"),
        ("/t/acme/", "This sign-in page has closed"),
    ):
        page.goto(address)
        expect(page.get_by_text(words).first).to_be_visible()
        check(page)
