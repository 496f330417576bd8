"""What the customer pages do for whoever has a script, a dark system, or a brand that would stand in the way."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, Route, expect

from audit.services import Actor
from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.branding.pictures import picture, transparent_picture, upload
from tests.cast import PASSWORD
from tests.screens import DESK, PHONE, check_down_to_narrowest, check_in_every_look
from tests.userflows.customer import mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "new@acme.example"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def sign_in(page: Page) -> None:
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/profile/*")


@pytest.mark.parametrize("script", ["latin", "arabic"])
def test_the_sixth_digit_sends_the_code(acme: Tenant, open_page: Callable[..., Page], script: str) -> None:
    page = open_page(viewport=PHONE)
    page.fill("#email", NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    code = new_code(acme, NEW)
    page.locator("#code").press_sequentially(code.translate(ARABIC_INDIC) if script == "arabic" else code)
    page.locator("#password").wait_for()


def test_a_press_without_a_connection_keeps_the_page_and_all_that_was_typed(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport=PHONE)
    told = page.get_by_text("There's no internet connection, so nothing was sent yet.")
    page.fill("#email", NEW)
    page.context.set_offline(True)
    for _ in range(2):
        page.keyboard.press("Enter")
        expect(told).to_be_visible()
    expect(page.locator("#email")).to_have_value(NEW)
    page.context.set_offline(False)
    expect(told).to_be_hidden()
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    code = new_code(acme, NEW)
    page.context.set_offline(True)
    page.locator("#code").press_sequentially(code)
    expect(told).to_be_visible()
    expect(page.locator("#code")).to_have_value(code)
    # All six stand there: the caret behind the last one scrolls none away.
    assert page.locator(".code-field").evaluate("(field) => field.scrollLeft") == 0
    # What a browser says of its connection may be wrong; then it isn't heeded.
    page.context.set_offline(False)
    page.evaluate("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })")
    page.keyboard.press("Enter")
    page.locator("#password").wait_for()


def test_a_code_typed_before_the_script_came_is_sent_and_one_that_was_refused_isnt_sent_again(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport=PHONE)
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/customer.js", hold)
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.fill("#email", NEW)
    page.keyboard.press("Enter")
    page.locator("#code").fill("000000")
    held.pop().continue_()
    page.locator("#code-wrong").wait_for()
    assert len(sent) == 2

    for again in (lambda: None, lambda: page.reload(wait_until="commit")):
        again()
        page.locator("#code").wait_for()
        held.pop().continue_()
        # A code is sent a quarter of a second after its last digit.
        page.wait_for_timeout(400)
        assert len(sent) == 2
    page.locator("#code").fill(new_code(acme, NEW))
    page.locator("#password").wait_for()


def test_the_page_that_waits_for_a_link_moves_on_by_itself(acme: Tenant, open_page: Callable[..., Page]) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=("link",), actor=Actor.command())
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("[data-watch]").wait_for()
    check_down_to_narrowest(page)
    run_jobs()
    with tenant_context(acme):
        link = re.findall(r"http\S+/open/\S+", mails_to("carol@acme.example")[0].text)[0]
    elsewhere = open_page(link, viewport=PHONE)
    elsewhere.locator(".shown-code").wait_for()
    check_down_to_narrowest(elsewhere)
    pressed = page.context.new_page()
    pressed.goto(link)
    check_down_to_narrowest(pressed)
    pressed.keyboard.press("Enter")
    pressed.wait_for_url("**/profile/*")
    page.bring_to_front()
    page.wait_for_url("**/profile/*")


def test_what_was_pasted_with_a_code_is_dropped(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE)
    page.fill("#email", NEW)
    page.keyboard.press("Enter")
    page.locator("#code").fill("Your code: 12 34-5")
    expect(page.locator("#code")).to_have_value("12345")
    expect(page.get_by_text(re.compile(r"The code expires in 9:\d\d\."))).to_be_visible()


@pytest.mark.parametrize(("accent", "locale"), [("#0b1f3a", "en"), ("#c4302b", "ar"), ("#ffe94d", "en")])
def test_dark_pages_can_be_read_in_every_brands_colours(
    acme: Tenant, open_page: Callable[..., Page], accent: str, locale: str
) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    brand(acme, accent_color=accent, background_color="#fff4d6")
    page = open_page(locale=locale, color_scheme="dark", viewport=DESK)
    red, green, blue = channels(page, "body", "backgroundColor")
    assert max(red, green, blue) < 60
    assert max(channels(page, ".card", "backgroundColor")) < 60
    check_down_to_narrowest(page)
    page.fill("#email", "not an address")
    page.keyboard.press("Enter")
    page.locator("#email-wrong").wait_for()
    check_down_to_narrowest(page)
    page.goto("/t/acme/sign-in/")
    sign_in(page)
    check_down_to_narrowest(page)
    page.goto("/t/acme/no/such/page")
    check_down_to_narrowest(page)


def test_a_dark_logo_stands_on_light_ground_on_a_dark_page(acme: Tenant, open_page: Callable[..., Page]) -> None:
    logo = upload(transparent_picture(120, 30, color=(18, 30, 26, 255)))
    brand(acme, images={BrandingImage.Kind.BANNER_LOGO: logo})
    page = open_page(color_scheme="light", viewport=DESK)
    ground = "logo => getComputedStyle(logo).backgroundColor"
    assert page.locator(".brand img").evaluate(ground) == "rgba(0, 0, 0, 0)"

    page.emulate_media(color_scheme="dark")
    assert page.locator(".brand img").evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("layout", "ground"), [("full_screen", "body"), ("split", ".picture")])
def test_the_background_picture_is_on_every_page_shaded_on_a_dark_one(
    acme: Tenant, open_page: Callable[..., Page], layout: str, ground: str
) -> None:
    background = {BrandingImage.Kind.BACKGROUND: upload(picture(400, 300))}
    brand(acme, layout=layout, background_color="#fff4d6", images=background)
    page = open_page(color_scheme="light", viewport=DESK)
    for is_dark in (False, True):
        page.emulate_media(color_scheme="dark" if is_dark else "light")
        shown: str = page.locator(ground).evaluate("node => getComputedStyle(node).backgroundImage")
        assert "/brand/images/" in shown
        assert ("linear-gradient" in shown) == is_dark
        assert (max(channels(page, ground, "backgroundColor")) < 60) == is_dark


def test_the_focus_does_not_look_like_an_error_where_the_brand_is_red(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    brand(acme, accent_color="#c4302b")
    page = open_page(viewport=DESK)
    red, green, blue = channels(page, "#email", "outlineColor")
    assert max(red, green, blue) - min(red, green, blue) < 20


def test_the_logo_stays_where_it_is_from_step_to_step(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/", viewport=DESK)
    at_first = page.locator(".brand").bounding_box()
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").wait_for()
    assert page.locator(".brand").bounding_box() == at_first


def test_enter_signs_in_though_the_way_for_the_forgetful_stands_beside_the_label(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    label, forgot = page.get_by_text("Password", exact=True), page.get_by_role("button", name="Forgot password?")
    expect(forgot).to_be_visible()
    line, aside = label.bounding_box(), forgot.bounding_box()
    assert line
    assert aside
    assert abs(line["y"] + line["height"] / 2 - aside["y"] - aside["height"] / 2) < 6
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/profile/*")


def test_a_language_is_looked_for_as_it_is_typed(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport=PHONE)
    page.fill("#email", "carol@ac")
    page.get_by_role("button", name="Language: English").click()
    box = page.get_by_role("searchbox", name="Language")
    check_down_to_narrowest(page)
    check_in_every_look(page)
    box.fill("german")
    expect(page.locator(".language-list button:visible")).to_have_text(["Deutsch"])
    box.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Konto erstellen")).to_be_visible()
    expect(page.locator("#email")).to_have_value("carol@ac")


def test_what_was_saved_is_told_once(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/", viewport=DESK)
    sign_in(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Changes saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Changes saved.")).to_have_count(0)


def test_a_button_says_that_it_is_busy_and_comes_alive_after_a_stop(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page("/t/acme/sign-in/", viewport=DESK)
    page.route("**/go/**", lambda route: route.abort("aborted"))
    page.fill("#email", "carol@acme.example")
    button = page.get_by_role("button", name="Continue")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Escape")
    expect(button).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/go/**")
    button.click()
    page.locator("#password").wait_for()


def test_a_button_of_a_page_that_never_answers_comes_alive_by_itself(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    """Nothing tells a page that the browser's own button for stopping was pressed."""
    page = open_page("about:blank", viewport=DESK)
    page.clock.install()
    page.goto("/t/acme/sign-in/")
    page.route("**/go/**", lambda route: route.abort("aborted"))
    page.fill("#email", "carol@acme.example")
    button = page.get_by_role("button", name="Continue")
    button.click()
    spinner = "button => getComputedStyle(button, '::after').borderTopStyle"
    assert button.evaluate(spinner) == "solid"
    page.clock.fast_forward(6000)
    expect(button).not_to_have_attribute("aria-busy", "true")
    assert button.evaluate(spinner) == "none"


def test_a_page_that_back_leads_to_as_it_was_left_is_alive(acme: Tenant, open_page: Callable[..., Page]) -> None:
    page = open_page("/t/acme/sign-in/", viewport=DESK)
    page.route("**/go/**", lambda route: route.abort("aborted"))
    page.fill("#email", "carol@acme.example")
    button = page.get_by_role("button", name="Continue")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(button).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/go/**")
    button.click()
    page.locator("#password").wait_for()
    page.go_back()
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_what_isnt_the_pages_main_button_is_busy_as_well_and_sends_once(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page("about:blank", viewport=DESK)
    page.clock.install()
    page.goto("/t/acme/sign-up/")
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="New code in")).to_be_disabled()
    page.clock.fast_forward(30_000)
    again = page.get_by_role("button", name="Send a new code")
    sent: list[str] = []

    def note(route: Route) -> None:
        sent.append(route.request.url)
        route.abort("aborted")

    page.route("**/send/", note)
    again.click()
    expect(again).to_have_attribute("aria-busy", "true")
    again.click()
    assert len(sent) == 1
    # It is told once.
    page.unroute("**/send/")
    page.clock.fast_forward(6000)
    again.click()
    expect(page.get_by_text("A new code is on its way")).to_be_visible()
    expect(page).to_have_url(re.compile("/code/$"))
    page.reload()
    expect(page.get_by_role("button", name="New code in")).to_be_visible()
    expect(page.get_by_text("A new code is on its way")).to_have_count(0)


def channels(page: Page, selector: str, style: str) -> list[int]:
    """The red, green and blue of a computed colour."""
    color: Any = page.locator(selector).first.evaluate(f"node => getComputedStyle(node).{style}")
    return [int(value) for value in re.findall(r"\d+", color)[:3]]
