"""Ada at her screen: what she types is in the preview at once, in a window of any width, in light and dark."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, FilePayload, Page, Route, expect

from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, GERMAN, PAGE, brand
from tests.branding.pictures import noise, picture, transparent_picture, upload
from tests.screens import DESK, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHITE = (255, 255, 255, 255)
PREVIEW = ".preview iframe:not(.is-coming)"


def test_the_preview_follows_what_ada_types_and_chooses(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)
    preview = page.frame_locator(PREVIEW)
    went_before = page.evaluate("history.length")

    page.get_by_label("Username hint").fill("you@acme.example")
    expect(preview.locator("[placeholder='you@acme.example']")).to_be_visible()
    button = preview.get_by_role("button", name="Continue", include_hidden=True)
    page.locator("#id_accent_color").fill("#ffaaaa")
    expect(button).to_have_css("background-color", "rgb(255, 170, 170)")
    in_light = page.locator("#contrast section").first
    in_light.get_by_role("button", name="Use #").last.click()
    expect(in_light.get_by_role("button")).to_have_count(0)
    expect(button).not_to_have_css("background-color", "rgb(255, 170, 170)")
    expect(page.locator("#id_username_hint")).to_have_value("you@acme.example")
    logo: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(120, 30)}
    page.locator("#id_banner_logo").set_input_files([logo])
    expect(preview.locator("img[width='120']")).to_be_visible()
    white: FilePayload = {
        "name": "white.png",
        "mimeType": "image/png",
        "buffer": transparent_picture(120, 30, color=WHITE),
    }
    page.locator("#id_banner_logo").set_input_files([white])
    told = page.locator("#faint-banner_logo")
    told.get_by_role("button", name="behind it").click()
    expect(told.get_by_role("button")).to_have_count(0)
    expect(preview.locator(".brand img")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    page.locator("[name=preview_page]").select_option("code")
    expect(preview.get_by_text("Enter the code")).to_be_visible()

    assert page.evaluate("history.length") == went_before
    page.goto(DEFAULT)
    assert page.get_by_label("Username hint").input_value() == ""
    page.get_by_label("Username hint").fill("you@acme.example")
    page.locator("#id_privacy_url").fill("nowhere")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(preview.locator("[placeholder='you@acme.example']")).to_be_visible()


def test_what_is_typed_while_an_answer_comes_is_judged_as_well(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held or not route.request.headers.get("hx-request"):
            route.fallback()
        else:
            held.append(route)

    page.route("**/branding/**", hold_first)
    with page.expect_request(lambda request: "hx-request" in request.headers):
        page.locator("#id_accent_color").fill("#ffaaaa")
    page.locator("#id_accent_color").fill("#aaffaa")
    held[0].continue_()
    expect(page.locator("#contrast rect[fill='#aaffaa']").first).to_be_visible()


def test_to_be_judged_no_picture_is_sent_but_a_logo(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)

    page.evaluate("""addEventListener("htmx:configRequest", ({ detail }) => {
        const files = [...detail.formData].filter(([, value]) => value.name);
        window.sent = files.map(([name]) => name);
    })""")
    for name in ("background", "favicon", "banner_logo"):
        chosen: FilePayload = {"name": f"{name}.png", "mimeType": "image/png", "buffer": picture(64, 64)}
        page.locator(f"#id_{name}").set_input_files([chosen])

    expect(page.locator("#proposals").get_by_role("button").first).to_be_visible()
    assert page.evaluate("sent") == ["banner_logo"]


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_preview_is_light_or_dark_as_chosen_whatever_adas_own_system_is(
    acme: Tenant, open_portal: Callable[..., Page], system: str
) -> None:
    page = open_portal(viewport=DESK, color_scheme=system)
    page.goto(DEFAULT)
    card, address = page.frame_locator(PREVIEW).locator(".card"), page.frame_locator(PREVIEW).locator("#email")

    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    page.locator("#content").get_by_text("Dark", exact=True).click()
    expect(card).to_have_css("background-color", "rgb(21, 24, 29)")
    expect(address).to_have_css("color-scheme", "dark")
    page.locator("[name=preview_page]").select_option("code")
    expect(page.frame_locator(PREVIEW).get_by_text("Enter the code")).to_be_visible()
    expect(card).to_have_css("background-color", "rgb(21, 24, 29)")
    page.locator("#content").get_by_text("Light", exact=True).click()
    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")


def test_the_page_in_the_preview_cant_be_used(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)
    preview = page.frame_locator(PREVIEW)
    expect(preview.locator("h1")).to_be_visible()

    preview.get_by_text("Continue").click(force=True)
    preview.locator("#email").evaluate("box => box.focus()")

    assert preview.locator("body").evaluate("body => document.activeElement === body")
    assert page.frames[1].url.endswith("/preview")


def test_a_draft_can_be_seen_and_saved_without_scripts(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK, java_script_enabled=False)
    page.goto(DEFAULT)

    page.get_by_label("Username hint").fill("you@acme.example")
    # The preview follows the scrolling, so that a button may move away below the mouse; a key always meets it.
    page.get_by_role("button", name="Update preview").press("Enter")
    expect(page.frame_locator(PREVIEW).locator("[placeholder='you@acme.example']")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()

    expect(page.get_by_text("The draft is saved: Default.")).to_be_visible()


def test_the_preview_is_as_large_as_may_be_and_says_nothing(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport={"width": 1280, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(DEFAULT)
    for key in ("password", "code", "sign_up"):
        page.locator("[name=preview_page]").select_option(key)
        expect(page.frame_locator(PREVIEW).locator("h1")).to_be_visible()
    bar = page.locator(".preview-bar > *:visible").evaluate_all("all => all.map(one => one.getBoundingClientRect())")
    assert max(box["top"] for box in bar) < min(box["bottom"] for box in bar)
    stage = page.locator(".preview-stage").bounding_box()
    assert stage
    assert stage["width"] >= 580
    assert said == []


def test_after_looking_the_form_still_saves(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)

    page.get_by_label("Username hint").fill("you@acme.example")
    expect(page.frame_locator(PREVIEW).locator("[placeholder='you@acme.example']")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()

    expect(page.get_by_text("The draft is saved: Default.")).to_be_visible()


def test_a_picture_that_is_too_large_is_refused_when_it_is_chosen(
    acme: Tenant, open_portal: Callable[..., Page]
) -> None:
    """The server takes 5 MiB at most; photographs have more, and what was typed beside them would be lost with it."""
    page = open_portal(viewport=DESK)
    page.goto(DEFAULT)
    page.get_by_label("Username hint").fill("you@acme.example")
    photograph: FilePayload = {"name": "sea.jpg", "mimeType": "image/jpeg", "buffer": bytes(3_000_000)}
    background = page.get_by_label("Background image")

    background.set_input_files([photograph])
    expect(page.get_by_role("alert")).to_have_text("The file has 2,930 KB. Choose one of at most 2,048 KB.")
    assert background.input_value() == ""
    large: FilePayload = {"name": "sea.jpg", "mimeType": "image/jpeg", "buffer": bytes(2_000_000)}
    page.locator("#id_banner_logo").set_input_files([large])
    page.locator("#id_banner_logo_dark").set_input_files([large])
    background.set_input_files([large])
    expect(page.get_by_role("alert")).to_have_text("The file has 1,954 KB. Choose one of at most 894 KB.")
    for logo in ("#id_banner_logo", "#id_banner_logo_dark"):
        page.locator(logo).set_input_files([])
    small: FilePayload = {"name": "sea.png", "mimeType": "image/png", "buffer": picture(120, 30)}
    background.set_input_files([small])
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Save draft").click()

    expect(page.get_by_text("The draft is saved: Default.")).to_be_visible()


def test_ada_sees_how_much_has_arrived_and_what_is_wrong_with_it(
    acme: Tenant, open_portal: Callable[..., Page]
) -> None:
    page = open_portal(viewport=DESK)
    questions: list[str] = []
    sent: list[str] = []

    def leave(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    # Beside them, what is typed and chosen is sent to be judged.
    page.on("request", lambda request: sent.append(request.headers.get("hx-request", request.resource_type)))
    page.goto(DEFAULT)
    page.get_by_label("Username hint").fill("you@acme.example")
    logo = page.locator("#id_banner_logo")
    broken: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": b"no picture"}
    logo.set_input_files([broken])
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("isn’t a PNG, JPEG, WebP or SVG image").first).to_be_visible()
    assert page.get_by_label("Username hint").input_value() == "you@acme.example"

    large: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": noise(300, 120)}
    logo.set_input_files([large])
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.get_by_role("button", name="Save and review").dblclick()
    expect(page.get_by_text(re.compile(r"Uploading: \d+%"))).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Review and publish")).to_be_visible()
    expect(page.get_by_text("you@acme.example")).to_be_visible()
    assert questions == []
    assert sent.count("xhr") == 2, "the broken one, and the other once"


def test_everybody_can_use_the_pages(acme: Tenant, open_portal: Callable[..., Page]) -> None:
    brand(acme, accent_color="#ffee00", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(160, 36))})
    brand(acme, "de", username_hint="du@acme.example")
    page = open_portal()

    for address in (PAGE, DEFAULT, GERMAN, f"{GERMAN}delete"):
        visit(page, address)
