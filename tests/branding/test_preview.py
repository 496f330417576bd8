"""The preview: the real page with what isn't saved, for those who manage the tenant, and unable to do anything."""

import re
from urllib.parse import unquote

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from branding.look import look_for
from branding.models import BrandingImage
from common.database.caches import forget_everything
from mail.models import Message
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, GERMAN, NOTHING, brand
from tests.branding.pictures import picture, upload
from tests.browser import Browser
from userflows.models import Journey

PREVIEW = f"{DEFAULT}preview"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("code", "Enter the code"),
        ("consent", "wants to access your account"),
        ("account", "Sign-in and security"),
        ("mail", "123456"),
        ("mail_protection", "from a new browser"),
        ("unheard_of", "Email address"),
    ],
)
def test_each_page_can_be_tried_on(acme: Tenant, ada_portal: Browser, page: str, words: str) -> None:
    answer = ada_portal.post(PREVIEW, NOTHING | {"preview_page": page})

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_the_draft_is_shown_and_not_saved(acme: Tenant, ada_portal: Browser) -> None:
    draft = {
        "accent_color": "#aa0000",
        "username_hint": "you@acme.example",
        "sign_in_page_text": "Need **help**?",
        "shows_footer": "yes",
        "terms_url": "https://acme.example/terms",
        "banner_logo": upload(picture(100, 30)),
        "background": upload(picture(640, 360, kind="JPEG")),
    }

    page = ada_portal.post(PREVIEW, NOTHING | draft).content.decode()

    assert "--accent%3A%23aa0000" in page
    assert "data%3Aimage/jpeg%3Bbase64" in page
    assert 'src="data:image/png;base64,' in page
    assert 'placeholder="you@acme.example"' in page
    assert "<strong>help</strong>" in page
    assert 'href="https://acme.example/terms"' in page
    forget_everything()
    with tenant_context(acme):
        assert look_for("en").username_hint == ""
        assert not BrandingImage.objects.exists()
        assert not Journey.objects.exists()


def test_a_mail_is_shown_with_what_stands_in_mails_alone(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, "de")
    draft = {
        "support_url": "mailto:help@acme.example",
        "legal_lines": "Acme GmbH\nHamburg <HRB 1>",
        "banner_logo": upload(picture(100, 30)),
        "preview_page": "mail",
    }

    page = ada_portal.post(f"{GERMAN}preview", NOTHING | draft).content.decode()

    assert '<html lang="de"' in page
    assert 'href="mailto:help@acme.example"' in page
    assert "Acme GmbH<br>Hamburg &lt;HRB 1&gt;" in page
    assert 'src="data:image/png;base64,' in page
    with tenant_context(acme):
        assert not Message.objects.exists()


def test_half_a_value_shows_what_was_saved(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#aa0000", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(100, 30))})
    draft = {"accent_color": "#12", "username_hint": "typing", "banner_logo": upload(b"<svg onload=alert(1)>")}

    page = ada_portal.post(PREVIEW, NOTHING | draft).content.decode()

    assert "%23aa0000" in page
    assert 'placeholder="typing"' in page
    assert "/tenants/acme/branding/images/" in page
    assert "onload" not in page


def test_a_language_is_shown_in_its_own_words_with_what_falls_back(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#aa0000", sign_in_page_text="From the default")
    brand(acme, "de")

    page = ada_portal.post(f"{GERMAN}preview", NOTHING | {"username_hint": "du@acme.example"}).content.decode()

    assert '<html lang="de"' in page
    assert 'placeholder="du@acme.example"' in page
    assert "From the default" in page
    assert "%23aa0000" in page


def test_the_default_can_be_seen_in_each_language_of_the_pages(acme: Tenant, ada_portal: Browser) -> None:
    page = ada_portal.post(PREVIEW, NOTHING | {"preview_language": "ar"}).content.decode()

    assert '<html lang="ar" dir="rtl">' in page


@pytest.mark.parametrize(("scheme", "is_dark"), [("dark", True), ("light", False), ("<script>", False), ("", False)])
def test_the_page_is_light_or_dark_as_asked_and_leaves_nothing_to_the_readers_system(
    acme: Tenant, ada_portal: Browser, scheme: str, is_dark: bool
) -> None:
    page = ada_portal.post(PREVIEW, NOTHING | {"preview_scheme": scheme}).content.decode()

    styles = unquote("".join(re.findall(r'href="data:text/css,([^"]*)', page)))
    assert "prefers-color-scheme" not in styles
    assert ("--surface: #15181d" in styles) is is_dark
    assert f":root{{color-scheme:{'dark' if is_dark else 'light'}}}" in styles
    assert "<script" not in page


def test_the_preview_can_do_nothing_and_stays_where_it_is(acme: Tenant, ada_portal: Browser) -> None:
    answer = ada_portal.post(PREVIEW, NOTHING)

    policy = answer.headers["Content-Security-Policy"]
    for directive in ("script-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox allow-same-origin"):
        assert directive in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert "<body inert" in answer.content.decode()
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_only_the_preview_may_stand_in_a_frame_or_have_styles_of_its_own(acme: Tenant, ada_portal: Browser) -> None:
    headers = ada_portal.get(DEFAULT).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "style-src 'self';" in headers["Content-Security-Policy"] + ";"


def test_a_draft_cant_bring_markup_of_its_own(acme: Tenant, ada_portal: Browser) -> None:
    hostile = {
        "username_hint": '"><script>alert(1)</script>',
        "sign_in_page_text": "<img src=x onerror=alert(1)> {% debug %}",
    }

    page = ada_portal.post(PREVIEW, NOTHING | hostile).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{% debug %}" in page


def test_the_preview_is_nobody_elses(
    acme: Tenant, home: Tenant, ada: Account, grace_portal: Browser, acme_browser: Browser
) -> None:
    assert grace_portal.get(PREVIEW).status_code == 404
    assert grace_portal.post(PREVIEW, NOTHING).status_code == 404
    assert acme_browser.get(PREVIEW).status_code == 404
    assert Browser(home).post(PREVIEW, NOTHING).status_code == 302
    elsewhere = Browser(home, checks_csrf=True)
    elsewhere.sign_in(ada)
    assert elsewhere.post(PREVIEW, NOTHING).status_code == 403
