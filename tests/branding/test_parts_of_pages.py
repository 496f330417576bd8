"""The header, the ways back in and single links: shown, hidden and said as a branding wants it, in each language."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, NOTHING, brand, draft, published
from tests.branding.pictures import picture, transparent_picture, upload
from tests.browser import Browser
from tests.userflows.customer import Customer
from userflows.flows.services import change_user_flow
from userflows.journeys.messages.mails import pictures_of
from userflows.models import UserFlow

ELSEWHERE = "https://help.acme.example/account"
FORGOT, CANT = "Lost your password?", "Can&#x27;t get in?"


def at_the_address(acme: Tenant, language: str = "en") -> str:
    page = Browser(acme).get("/sign-in/", headers={"accept-language": language}, follow=True)
    return str(page.content.decode())


def at_the_password(acme: Tenant, carol: Account) -> str:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    return customer.text


@pytest.mark.parametrize("field", ["forgot_password_text", "cannot_access_text"])
def test_eves_markup_in_a_link_is_text(acme: Tenant, ada_portal: Browser, carol: Account, field: str) -> None:
    ada_portal.post(DEFAULT, NOTHING | {field: "<img src=x onerror=alert(1)>"})
    published(acme)

    page = at_the_password(acme, carol) + at_the_address(acme)

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://acme.example", "https://ada@acme.example", "//evil"]
)
def test_b22_a_way_back_in_leads_nowhere_unsafe(acme: Tenant, ada_portal: Browser, address: str) -> None:
    page = ada_portal.post(DEFAULT, NOTHING | {"reset_url": address, "cannot_access_text": "Kept"})

    assert list(page.context["form"].errors) == ["reset_url"]
    assert 'value="Kept"' in page.content.decode()


def test_a_header_has_the_logo_or_the_name_and_its_colour(acme: Tenant, acme_browser: Browser) -> None:
    assert "masthead" not in at_the_address(acme)

    brand(acme, shows_header=True, header_color="#0b3d2e")
    page = acme_browser.get("/sign-in/", follow=True)
    assert page.content.decode().count('<p class="name">Acme</p>') == 1
    sheet = acme_browser.get(page.context["look"].style_sheet_url.removeprefix("/t/acme")).content.decode()
    assert "--header:#0b3d2e;--on-header:#ffffff" in sheet

    brand(acme, images={BrandingImage.Kind.HEADER_LOGO: upload(picture(160, 36))})
    assert 'width="160" height="36" alt="Acme"' in at_the_address(acme)


@pytest.mark.parametrize(("color", "ground"), [("#101828", "var(--paper)"), ("#ffe08a", "transparent")])
def test_a_dark_logo_gets_a_ground_on_a_dark_header_too(
    acme: Tenant, acme_browser: Browser, color: str, ground: str
) -> None:
    dark = upload(transparent_picture(160, 36, color=(16, 16, 32, 255)))
    brand(acme, shows_header=True, header_color=color, images={BrandingImage.Kind.HEADER_LOGO: dark})

    page = acme_browser.get("/sign-in/", follow=True)

    look = page.context["look"]
    assert 'class="on-paper"' in page.content.decode().partition("</header>")[0]
    sheet = acme_browser.get(look.style_sheet_url.removeprefix("/t/acme")).content.decode()
    assert f"--behind-header-logo:{ground}" in sheet
    assert pictures_of(look, host="")["header_logo"].is_dark is (ground != "transparent")


@pytest.mark.parametrize(
    ("kind", "light", "fields", "told"),
    [
        ("banner_logo", True, {}, "#ffffff: the contrast is 1.0:1"),
        ("banner_logo", True, {"color_scheme": "dark"}, ""),
        ("banner_logo", False, {}, ""),
        ("banner_logo_dark", False, {}, "#15181d: the contrast is 1.1:1"),
        ("banner_logo_dark", True, {}, ""),
        ("header_logo", True, {"shows_header": True}, "#ffffff: the contrast is 1.0:1"),
        ("header_logo", True, {"shows_header": True, "header_color": "#ffe08a"}, "#ffe08a: the contrast is 1.3:1"),
        ("header_logo", True, {"shows_header": True, "header_color": "#101828"}, ""),
        # No page has it.
        ("header_logo", True, {}, ""),
        # What stands behind it was chosen for it.
        ("banner_logo", True, {"logo_background_color": "#101828"}, ""),
        ("banner_logo", True, {"logo_background_color": "#ffe08a"}, "#ffe08a: the contrast is 1.3:1"),
        ("banner_logo", False, {"dark_logo_background_color": "#101828"}, "#101828: the contrast is"),
        ("square_logo", False, {"logo_background_color": "#ffe08a"}, ""),
        # On dark pages there is no other one.
        ("banner_logo", True, {"logo_background_color": "#101828", "dark_surface_color": "#2b2f38"}, ""),
        # It gets a ground.
        ("header_logo", False, {"shows_header": True, "header_color": "#101828"}, ""),
    ],
)
def test_a_logo_that_can_hardly_be_seen_is_told_below_its_field(
    acme: Tenant, ada_portal: Browser, kind: str, light: bool, fields: dict[str, Any], told: str
) -> None:
    color = (255, 255, 255, 255) if light else (16, 16, 32, 255)
    draft(acme, images={BrandingImage.Kind(kind): upload(transparent_picture(160, 36, color=color))}, **fields)

    page = ada_portal.get(DEFAULT).content.decode()

    assert page.count("This logo can hardly be seen on") == bool(told)
    assert f"can hardly be seen on {told}" in page if told else True


@pytest.mark.parametrize(
    ("kind", "fields", "field", "fix"),
    [
        ("banner_logo", {"accent_color": "#1f6feb"}, "logo_background_color", "#1f6feb"),
        # White can hardly be seen on that accent.
        ("square_logo", {"accent_color": "#ffe08a"}, "logo_background_color", "#15181d"),
        ("header_logo", {"shows_header": True, "accent_color": "#0b3d2e"}, "header_color", "#0b3d2e"),
    ],
)
def test_one_press_puts_a_colour_behind_a_logo_on_which_it_can_be_seen(
    acme: Tenant, ada_portal: Browser, kind: str, fields: dict[str, Any], field: str, fix: str
) -> None:
    white = upload(transparent_picture(160, 160, color=(255, 255, 255, 255)))
    draft(acme, images={BrandingImage.Kind(kind): white}, **fields)
    typed = {name: "yes" if value is True else value for name, value in fields.items()}

    use = ada_portal.get(DEFAULT).context["faint"][kind][1]
    page = ada_portal.post(DEFAULT, NOTHING | typed | {"use": use})

    assert page.context["form"][field].value() == fix
    assert page.context["faint"] == {}


def test_a_logo_that_was_chosen_just_now_is_judged_by_the_colours_that_are_typed(
    acme: Tenant, ada_portal: Browser
) -> None:
    def told(color: str) -> Any:
        white = upload(transparent_picture(160, 36, color=(255, 255, 255, 255)))
        typed = {"use": "", "logo_background_color": color, "banner_logo": white}
        return ada_portal.post(DEFAULT, NOTHING | typed).context["faint"]

    assert list(told("")) == ["banner_logo"]
    assert told("#101828") == {}
    with tenant_context(acme):
        assert not BrandingImage.objects.exists()


def test_a_square_logo_is_the_tile_of_a_phone_and_the_icon_where_there_is_no_other(acme: Tenant) -> None:
    square = {kind: upload(picture(90, 90)) for kind in ("square_logo", "square_logo_dark")}
    brand(acme, images={BrandingImage.Kind(kind): file for kind, file in square.items()})
    page = at_the_address(acme)
    assert [link.partition(" ")[0] for link in page.split('<link rel="')[1:]].count('icon"') == 2
    assert 'rel="apple-touch-icon"' in page

    brand(acme, images={BrandingImage.Kind.FAVICON: upload(picture(32, 32))})
    page = at_the_address(acme)
    assert [link.partition(" ")[0] for link in page.split('<link rel="')[1:]].count('icon"') == 1


def test_the_ways_back_in_say_and_lead_where_the_branding_wants(acme: Tenant, carol: Account) -> None:
    assert "Forgot password?" in at_the_password(acme, carol)

    brand(acme, forgot_password_text=FORGOT, cannot_access_text="Can't get in?")
    assert FORGOT in at_the_password(acme, carol)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert CANT in customer.text
    customer.switch("reset")
    assert "Reset your password" in customer.text

    brand(acme, reset_url=ELSEWHERE)
    for page in (at_the_address(acme), at_the_password(acme, carol)):
        assert f'href="{ELSEWHERE}"' in page
        assert 'value="reset"' not in page


@pytest.mark.parametrize(
    ("switch", "seen"),
    [
        ({"shows_reset": False}, (False, False)),
        ({"shows_forgot_password": False}, (False, True)),
        ({"shows_cannot_access": False}, (True, False)),
    ],
)
def test_each_way_back_in_can_be_hidden_or_both(
    acme: Tenant, carol: Account, switch: dict[str, Any], seen: tuple[bool, bool]
) -> None:
    brand(acme, forgot_password_text=FORGOT, cannot_access_text="Can't get in?", **switch)

    shown = FORGOT in at_the_password(acme, carol), CANT in at_the_address(acme)

    assert shown == seen


def test_a_language_hides_a_link_that_the_default_shows(acme: Tenant, ada_portal: Browser) -> None:
    links = {"privacy_url": "https://acme.example/privacy", "terms_url": "https://acme.example/terms"}
    brand(acme, shows_footer=True, **links)
    brand(acme, "de")
    ada_portal.post(GERMAN, NOTHING | {"shows_terms": "no"})
    published(acme)

    english, german = at_the_address(acme), at_the_address(acme, "de")

    assert [url in english for url in links.values()] == [True, True]
    assert [url in german for url in links.values()] == [True, False]


def test_nobody_comes_upon_a_way_back_to_a_password_where_there_is_none(acme: Tenant) -> None:
    brand(acme, cannot_access_text="Can't get in?")
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=["code"], actor=ADA)

    assert CANT not in at_the_address(acme)
