"""Emails of a draft: read by who may read the branding, and sent to nobody but who asks for one."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from branding.models import BrandingImage
from common.web.limits import Limit
from mail.bodies import Body, open_body
from mail.models import Message
from mail.sending import trial
from tenants.models import Tenant
from tests.branding.brands import PAGE, brand, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.browser import Browser

pytestmark = pytest.mark.django_db
EMAILS = f"{PAGE}emails/"
ADA, EVE = "ada@portal.example", "eve@globex.example"


def sent(tenant: Tenant) -> tuple[list[str], list[Body]]:
    """To whom, and what."""
    with tenant_context(tenant):
        messages = list(Message.objects.order_by("created_at"))
        return [each.to for each in messages], [open_body(each.sealed_body, message_id=each.pk) for each in messages]


def test_b28_a_test_goes_to_whoever_asks_and_to_nobody_they_name(
    acme: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    assert grace_portal.post(EMAILS, {"page": "mail"}).status_code == 404

    ada_portal.post(EMAILS, {"page": "mail", "in": "en", "to": EVE, "email": EVE})

    assert sent(acme)[0] == [ADA]


def test_a_test_says_and_wears_what_the_draft_does_in_the_language_asked_for(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, legal_lines="Acme, as before")
    draft(acme, legal_lines="Acme GmbH, Hamburg", reply_to="help@acme.example", accent_color="#aa0000")
    draft(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(245, 36))})
    theme = theme_of(acme)
    draft(acme, theme=theme, accent_color="#00aa00")

    ada_portal.post(EMAILS, {"page": "mail_password_changed", "in": "de"})
    ada_portal.post(f"{PAGE}themes/{theme.pk}/emails/", {"page": "mail_password_changed", "in": "ar"})

    _, [own, of_theme] = sent(acme)
    assert own.subject == "Ihr Passwort für Acme wurde geändert"
    assert own.reply_to == "help@acme.example"
    assert "Acme GmbH, Hamburg" in own.text
    assert "Acme GmbH, Hamburg" in own.html
    assert "#aa0000" in own.html
    assert "/t/acme/brand/images/" in own.html
    assert 'dir="rtl"' in of_theme.html
    assert "#00aa00" in of_theme.html


def test_mails_are_dark_where_their_readers_system_is(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(EMAILS, {"page": "mail"})

    [mail] = sent(acme)[1]
    assert '<meta name="color-scheme" content="light dark">' in mail.html
    assert "@media (prefers-color-scheme: dark)" in mail.html


def test_mails_wear_what_pages_do(acme: Tenant, ada_portal: Browser) -> None:
    colors: Any = {"accent_color": "#0f766e", "background_color": "#ccfbf1", "surface_color": "#fffbf5"}
    dark: Any = {"dark_accent_color": "#99f6e4", "dark_background_color": "#042f2e", "dark_surface_color": "#241a1c"}
    draft(acme, **colors, **dark, font="serif", corner_radius="none")

    ada_portal.post(EMAILS, {"page": "mail_password_changed"})

    [mail] = sent(acme)[1]
    in_light, in_dark = mail.html.split("@media (prefers-color-scheme: dark)")
    assert all(color in in_light for color in colors.values())
    assert all(color in in_dark.partition("</style>")[0] for color in dark.values())
    assert re.search(r"<body[^>]*Charter", mail.html)
    assert re.search(r"class=\"card\"[^>]*border-radius: 0;", mail.html)


def test_mails_have_the_header_that_pages_have_in_each_language(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, shows_header=True, header_color="#0b3d2e", surface_color="#fffbf5")
    draft(acme, images={BrandingImage.Kind.HEADER_LOGO: upload(picture(960, 80))})
    draft(acme, "fr", header_color="#ffeeaa")
    draft(acme, "de", shows_header=False)

    for language in ("en", "fr", "de"):
        ada_portal.post(EMAILS, {"page": "mail_password_changed", "in": language})

    english, french, german = sent(acme)[1]
    bar, logo = re.search(r'<div class="bar"([^>]*)>\s*<img([^>]*)>', english.html).groups()  # type: ignore[union-attr]
    assert "background-color: #0b3d2e" in bar
    assert "color: #ffffff" in bar
    assert 'width="408" height="34"' in logo
    assert re.search(r'src="http://[^"]+/t/acme/brand/images/', logo)
    assert "background-color: #ffeeaa" in french.html.partition('<div class="bar"')[2]
    assert '<div class="bar"' not in german.html
    # What is small enough for a phone comes to the mail past the styles that stand with each element.
    assert ".bar { padding: 12px 24px !important; }" in english.html


def test_a_header_without_a_logo_says_the_name_once(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, shows_header=True, dark_surface_color="#241a1c")

    ada_portal.post(EMAILS, {"page": "mail_password_changed"})

    [mail] = sent(acme)[1]
    assert mail.html.partition("<body")[2].count(">Acme</p>") == 1
    in_dark = mail.html.split("@media (prefers-color-scheme: dark)")[1]
    assert re.search(r"\.bar \{ background-color: #241a1c !important", in_dark)


def test_a_dark_logo_has_a_light_ground_in_mails(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(160, 36))})
    with tenant_context(acme):
        BrandingImage.objects.update(is_dark=True)

    ada_portal.post(EMAILS, {"page": "mail"})

    [mail] = sent(acme)[1]
    around = mail.html.partition("<img")[0].rpartition("<span")[2]
    assert "background-color: #ffffff" in around


def test_a_plate_stands_behind_the_logo_in_mails_too(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, dark_logo_background_color="#0b3d2e", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(160, 36))})
    ada_portal.post(EMAILS, {"page": "mail"})
    draft(acme, logo_background_color="#c4302b")
    ada_portal.post(EMAILS, {"page": "mail"})

    around = [mail.html.partition("<img")[0].rpartition("<span")[2] for mail in sent(acme)[1]]
    assert ["background-color" in each for each in around] == [False, True]
    assert "background-color: #c4302b" in around[1]
    assert all(re.search(r"\.ground \{[^}]*#0b3d2e !important", mail.html) for mail in sent(acme)[1])


def test_who_tests_too_much_is_told(acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TESTS_SENT", Limit("test mails", 1, 3600))
    ada_portal.post(EMAILS, {"page": "mail"})

    page = ada_portal.post(EMAILS, {"page": "mail"}, follow=True).content.decode()

    assert "That was a lot of tests." in page
    assert len(sent(acme)[0]) == 1


def test_each_mail_is_shown_with_its_subject_and_text(acme: Tenant, ada_portal: Browser) -> None:
    page = ada_portal.get(f"{EMAILS}?page=mail_deletion&in=de").content.decode()

    assert "Ihr Konto" in page
    assert "Send test to me" in page
    assert 'lang="de" dir="auto"' in page
    assert "page=mail_deletion&amp;in=de&amp;scheme=dark" in page
    assert ada_portal.get(f"{EMAILS}?page=sign_in&in=xx").status_code == 200
