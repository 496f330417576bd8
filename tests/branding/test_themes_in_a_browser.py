"""Ada publishes a brand and a theme in three languages: what customers see, and whoever has a link to a draft."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Page, expect

from applications.models import Application
from branding.models import BrandingImage, BrandVersion
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, PAGE, brand, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.oidc.relying_party import challenge_of
from tests.screens import DESK, NARROWEST, check_in_every_look
from tests.worker import run_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HINTS = {"en": "you@acme.example", "de": "du@acme.example", "ar": "anta@acme.example"}
ACCENT, OF_THEME = "rgb(15, 118, 110)", "rgb(180, 83, 9)"


def sent_by(application: Application | None) -> str:
    """Where customers land whom the application sends to sign in, or who come by themselves."""
    if application is None:
        return "/t/acme/sign-in/"
    challenge = f"code_challenge={challenge_of('v' * 43)}&code_challenge_method=S256"
    asked = f"client_id={application.client_id}&redirect_uri={application.redirect_uri_list[0]}&response_type=code"
    return f"/t/acme/oidc/authorize?{asked}&scope=openid&{challenge}"


def looks(page: Page, *, hint: str, color: str, logo: int) -> None:
    """What the brand makes of the page of a sign-in, and of that of a sign-up."""
    expect(page.locator("#email")).to_have_attribute("placeholder", hint)
    expect(page.locator("button.primary")).to_have_css("background-color", color)
    expect(page.locator(".brand img")).to_have_js_property("naturalWidth", logo)


def test_a_brand_and_a_theme_in_three_languages_light_and_dark(
    acme: Tenant, mobile: Application, open_portal: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    for language, hint in HINTS.items():
        draft(acme, "" if language == "en" else language, username_hint=hint)
    draft(acme, accent_color="#0f766e", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(160, 36))})
    theme = theme_of(acme, str(mobile.client_id))
    draft(acme, theme=theme, accent_color="#b45309")
    draft(acme, "ar", theme=theme, username_hint="kids@acme.example")
    draft(acme, "de", theme=theme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    portal = open_portal(viewport=DESK)

    for address in (PAGE, f"{PAGE}themes/{theme.pk}/"):
        portal.goto(address)
        portal.get_by_role("link", name="Review and publish").click()
        portal.locator("form.panel").get_by_role("button", name="Publish").click()
        expect(portal.get_by_text("customers see it now")).to_be_visible()

    for language, scheme in (("en", "light"), ("de", "dark"), ("ar", "light"), ("ar", "dark")):
        own = open_page(sent_by(None), locale=language, color_scheme=scheme)
        looks(own, hint=HINTS[language], color=ACCENT, logo=160)
        themed = open_page(sent_by(mobile), locale=language, color_scheme=scheme)
        hint = "kids@acme.example" if language == "ar" else HINTS[language]
        looks(themed, hint=hint, color=OF_THEME, logo=90 if language == "de" else 160)
        expect(themed.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        themed.locator("button[value=sign_up]").first.click()
        expect(themed.locator("button.primary")).to_have_css("background-color", OF_THEME)


def test_a_draft_is_shared_scheduled_and_the_version_before_restored(
    acme: Tenant, open_portal: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    brand(acme, username_hint="first@acme.example")
    draft(acme, username_hint="second@acme.example")
    portal = open_portal(viewport=DESK)
    portal.goto(f"{PAGE}share/")
    portal.get_by_role("button", name="Create link").click()
    link = portal.locator(".draft-link code").inner_text()
    assert link.startswith(settings.CIAM_BASE_URL)

    shown = open_page(link)
    shown.locator("[name=in]").select_option("de")
    shown.get_by_role("button", name="Show").click()
    frame = shown.frame_locator("iframe")
    expect(frame.locator("#email")).to_have_attribute("placeholder", "second@acme.example")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    assert frame.locator("body").evaluate("body => body.inert")
    check_in_every_look(shown)
    shown.get_by_role("link", name="All pages").click()
    shown.get_by_role("checkbox", name="Emails", exact=True).check()
    shown.get_by_role("checkbox", name="العربية").check()
    shown.get_by_role("button", name="Show").click()
    expect(shown.frame_locator("iframe[src*='in=ar']").first.locator("html")).to_have_attribute("dir", "rtl")
    check_in_every_look(shown)

    portal.goto(f"{PAGE}publish/")
    portal.get_by_label("At a time").check()
    portal.get_by_label("Day and time").fill((timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    check_in_every_look(portal)
    portal.locator("form.panel").get_by_role("button", name="Publish").click()
    expect(portal.get_by_text("Scheduled:")).to_be_visible()
    with tenant_context(acme):
        BrandVersion.objects.filter(number=None).update(due_at=timezone.now())
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(hours=1))
    run_jobs()
    expect(open_page(sent_by(None)).locator("#email")).to_have_attribute("placeholder", "second@acme.example")

    portal.goto(f"{PAGE}history/2/")
    portal.get_by_role("button", name="Restore").click()
    expect(portal.get_by_text("is what customers see again")).to_be_visible()
    expect(open_page(sent_by(None)).locator("#email")).to_have_attribute("placeholder", "first@acme.example")
    for page in (f"{PAGE}coverage/", f"{PAGE}history/4/", DEFAULT, f"{PAGE}sheet/", f"{PAGE}emails/", f"{PAGE}share/"):
        portal.goto(page)
        check_in_every_look(portal)

    portal.set_viewport_size(NARROWEST)
    portal.goto(f"{PAGE}emails/")
    assert portal.evaluate("document.documentElement.scrollWidth <= innerWidth")
