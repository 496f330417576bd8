"""A customer at a screen: on a phone, from right to left, with and without scripts."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, Route, expect

from accounts.identity.services.accounts import create_account
from audit.services import Actor
from branding.policies import contrast
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import new_code
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import Journey, UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "new@acme.example"


@pytest.mark.parametrize("locale", ["en", "de", "ar", "ja"])
def test_a_customer_signs_up_on_a_phone(acme: Tenant, open_page: Callable[..., Page], locale: str) -> None:
    page = open_page(locale=locale, viewport=PHONE)
    expect(page.locator("#email")).to_be_focused()
    check_down_to_narrowest(page)
    page.keyboard.type("not an address")
    page.keyboard.press("Enter")
    expect(page.locator("#email-wrong")).to_be_visible()
    expect(page.locator("#email")).to_be_focused()
    # It is read with the field that has the focus, and not by a live region as well.
    expect(page.locator("#email")).to_have_attribute("aria-describedby", "email-wrong")
    expect(page.locator("[role=alert], [role=status]:not(:empty), [aria-live]")).to_have_count(0)
    check_down_to_narrowest(page)
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.locator("[data-wait]")).to_be_disabled()
    check_down_to_narrowest(page)
    page.locator("#code").fill(new_code(acme, NEW))
    page.keyboard.press("Enter")
    page.locator("#password").wait_for()
    check_down_to_narrowest(page)
    page.locator("#password").fill(PASSWORD)
    reveal = page.locator(".reveal")
    show, hide = (reveal.get_attribute(f"data-{act}-name") or "" for act in ("show", "hide"))
    expect(reveal).to_have_accessible_name(show)
    reveal.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    # What a press would do says how things are; "pressed" beside it would say the opposite.
    expect(reveal).to_have_accessible_name(hide)
    assert show != hide
    expect(reveal).not_to_have_attribute("aria-pressed", re.compile(""))
    page.locator("#givenName").fill("Nora")
    page.keyboard.press("Enter")
    page.wait_for_url("**/t/acme/profile/")
    expect(page.locator("#givenName")).to_have_value("Nora")
    check_down_to_narrowest(page)


def test_the_language_can_be_changed_on_any_page(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("searchbox").fill("zzz")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("No language found.")
    for typed in ("TIENG VIET", "Français – Canada", "français/canada", "हिंदी", "fr-ca"):
        page.get_by_role("searchbox").fill(typed)
        expect(page.get_by_role("search").get_by_role("status")).to_be_empty()
        expect(page.locator(".language-list button:visible")).to_have_count(1)
    page.get_by_role("searchbox").fill("arabic")
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert "/go/" in page.url
    check_down_to_narrowest(page)


def test_what_is_typed_before_the_script_has_come_counts(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/")
    with _late_script(page, "languages"):
        page.get_by_role("button", name="Language").click()
        page.get_by_role("searchbox").fill("tieng viet")
    expect(page.locator(".language-list button:visible")).to_have_count(1)
    page.goto(page.url.partition("/t/")[0] + "/t/acme/sign-up/")
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, NEW))
    with _late_script(page, "customer"):
        page.keyboard.press("Enter")
        page.locator("#password").fill("correct horse battery")
    expect(page.locator(".strength")).to_have_attribute("data-level", re.compile("[1-4]"))


@contextmanager
def _late_script(page: Page, name: str) -> Iterator[None]:
    """What is done in here is done before this script has come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{name}*.js", hold)
    yield
    held[0].continue_()
    page.unroute(f"**/{name}*.js")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_another_language_loses_nothing_but_the_password(
    acme: Tenant, open_page: Callable[..., Page], has_scripts: bool
) -> None:
    page = open_page(java_script_enabled=has_scripts)
    page.locator("#email").fill("new@ac")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#email")).to_have_value("new@ac")
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, NEW))
    page.keyboard.press("Enter")
    page.locator("#givenName").fill("Nora")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="اللغة").click()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="Complete your account")).to_be_visible()
    expect(page.locator("#givenName")).to_have_value("Nora")
    expect(page.locator("#password")).to_have_value("")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
    expect(page.locator("#givenName")).to_have_value("Nora")


def test_going_back_loses_nothing(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/")
    page.locator("#email").fill("carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").wait_for()
    page.go_back()
    expect(page.locator("#email")).to_have_value("carol@acme.example")
    page.get_by_role("button", name="Continue").click()
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()


def refuse_twice(page: Page) -> None:
    """An address that is none, and then two wrong passwords."""
    page.locator("#email").fill("carol at acme")
    page.keyboard.press("Enter")
    expect(page.locator("#email-wrong")).to_be_visible()
    page.locator("#email").fill("carol@acme.example")
    page.keyboard.press("Enter")
    for wrong in ("a wrong one", "another wrong one"):
        page.locator("#password").fill(wrong)
        page.keyboard.press("Enter")
        expect(page.locator("#password-wrong")).to_be_visible()


def test_the_browser_never_asks_whether_to_send_again_what_was_refused(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    """Back, forward and reload ask for the page as it is now, with what was typed into it but the password."""
    page = open_page("/t/acme/sign-in/")
    refuse_twice(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.is_navigation_request() else None)
    for move, field in (
        (page.reload, "password"),
        (page.go_back, "password"),
        (page.go_back, "password"),
        (page.go_back, "email"),
        (page.go_forward, "password"),
        (page.go_forward, "password"),
    ):
        move()
        expect(page.locator(f"#{field}")).to_have_value("" if field == "password" else "carol@acme.example")
        expect(page.locator(".wrong")).to_have_count(0)
    assert {*sent} == {"GET"}
    with tenant_context(acme):
        owed = [AttributeLayout(name, is_required=True, asked="missing") for name in ("city", "jobTitle")]
        layout = [AttributeLayout("givenName"), AttributeLayout("surname"), *owed]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#city").fill("Oslo")
    page.keyboard.press("Enter")
    expect(page.locator("#jobTitle-wrong")).to_be_visible()
    page.reload()
    expect(page.locator("#city")).to_have_value("Oslo")
    page.locator("#jobTitle").fill("Baker")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()
    # Nor on the pages of an account, of which a browser keeps nothing.
    page.locator("#givenName").fill("x" * 300)
    page.locator("#surname").fill("Doe")
    page.keyboard.press("Enter")
    expect(page.locator("#givenName-wrong")).to_be_visible()
    page.reload()
    expect(page.locator("#givenName")).to_have_value("x" * 300)
    page.goto("/t/acme/profile/activity/")
    page.go_back()
    expect(page.locator("#surname")).to_have_value("Doe")
    # Once it is saved, it is what stands on each of its pages.
    page.locator("#givenName").fill("Caroline")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Changes saved.")).to_be_visible()
    page.go_back()
    expect(page.locator("#givenName")).to_have_value("Caroline")


def test_what_was_refused_on_the_first_pages_stands_there_after_a_reload(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    """An address that is none, one that looks like a slip, and the tick beside a wrong password."""
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    address = page.locator("#email")
    for refused, told in (("not an address", "#email-wrong"), ("carol@gmial.com", "#email-meant")):
        address.fill(refused)
        page.keyboard.press("Enter")
        page.locator(told).wait_for()
        page.reload()
        expect(page.locator(told)).to_have_count(0)
        expect(address).to_have_value(refused)
    address.fill("carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill("a wrong one")
    page.locator("#stay").check()
    page.locator("#password").press("Enter")
    page.locator("#password-wrong").wait_for()
    page.reload()
    expect(page.locator("#password-wrong")).to_have_count(0)
    expect(page.locator("#stay")).to_be_checked()
    expect(page.locator("#password")).to_have_value("")
    # Where the address has been given since, it is what stands in its form.
    page.get_by_role("link", name="Change email address").click()
    expect(address).to_have_value("carol@acme.example")


def test_ticks_beside_what_was_refused_at_sign_up_are_there_after_a_reload_unless_the_terms_are_others(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    terms = {"terms_text": "I accept the [terms](https://acme.example/terms)"}
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), actor=Actor.command(), terms_version="1", **terms)
    page = open_page("/t/acme/sign-up/", viewport=PHONE)
    page.fill("#email", NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, NEW))
    page.locator("#password").fill("short")
    for box in ("#stay", "#accepts-terms"):
        page.locator(box).check()
    page.locator("#password").press("Enter")
    page.locator("#password-wrong").wait_for()
    page.reload()
    for box in ("#stay", "#accepts-terms"):
        expect(page.locator(box)).to_be_checked()
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), actor=Actor.command(), terms_version="2", **terms)
    page.reload()
    expect(page.locator("#stay")).to_be_checked()
    expect(page.locator("#accepts-terms")).not_to_be_checked()


def test_going_back_to_a_refused_form_shows_it_again_without_scripts(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page("/t/acme/sign-in/", java_script_enabled=False)
    refuse_twice(page)
    page.go_back()
    expect(page.locator("#password-wrong")).to_be_visible()
    expect(page.locator("#password")).to_have_value("")
    page.go_back()
    page.go_back()
    expect(page.locator("#email-wrong")).to_be_visible()
    page.locator("#email").fill("carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your profile")).to_be_visible()


def test_the_pages_beside_the_way_can_be_used_by_everybody(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/", locale="ar", viewport=PHONE)
    journey = page.url
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page.reload()
    expect(page.locator("form.step button")).to_be_visible()
    check_down_to_narrowest(page)
    for path in ("/t/acme/signed-out/", "/t/acme/no/such/page", "/t/acme/language/"):
        page.goto(path)
        check_down_to_narrowest(page)
    with tenant_context(acme):
        UserFlow.objects.update(allows_sign_up=False)
    page.goto("/t/acme/sign-up/")
    check_down_to_narrowest(page)
    page.context.clear_cookies()
    page.goto(journey)
    check_down_to_narrowest(page)


def test_who_was_quicker_is_told_and_can_sign_in(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE)
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, NEW))
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#givenName").fill("Nora")
    with tenant_context(acme):
        create_account(email=NEW, password=PASSWORD, attributes={}, email_verified=True, actor=Actor.command())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You already have an account")).to_be_visible()
    check_down_to_narrowest(page)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are signed in.")).to_be_visible()
    page.goto("/t/acme/sign-out/")
    check_down_to_narrowest(page)
    page.goto("/t/acme/reset/")
    check_down_to_narrowest(page)


@pytest.mark.parametrize("width", [390, 1360])
def test_long_names_in_the_footer_stay_on_the_page(acme: Tenant, open_page: Callable[..., Page], width: int) -> None:
    words = {"privacy_text": "Datenschutzgrundverordnungshinweise" * 3, "terms_text": "Terms of use and sale " * 6}
    links = {"privacy_url": "https://acme.example/privacy", "terms_url": "https://acme.example/terms"}
    brand(acme, shows_footer=True, **words, **links)
    page = open_page(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check_down_to_narrowest(page)
    expect(page.get_by_role("button", name="Language")).to_be_in_viewport(ratio=1)


def test_a_button_as_light_as_the_page_has_a_border_that_can_be_seen(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    """WCAG 2.2, 1.4.11 Non-text Contrast."""
    brand(acme, accent_color="#fffde7")
    page = open_page()
    border = page.locator(".primary").evaluate("button => getComputedStyle(button).borderTopColor")
    red, green, blue = (int(value) for value in re.findall(r"\d+", border)[:3])
    assert contrast(f"#{red:02x}{green:02x}{blue:02x}", "#ffffff") >= 3
    check_down_to_narrowest(page)
