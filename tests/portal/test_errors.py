"""What people see when there is no page, no tenant, no database, or a form that is too old."""

import gc
import io
import logging
import re
from itertools import product
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django_tenants.utils import schema_context

from accounts.models import Account
from audit.services import Actor
from ciam_portal.wsgi import application
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import suspend_tenant
from tests.browser import Browser

ERRORS = ("not_found", "no_tenant", "unavailable", "expired_form", "too_large")


@pytest.mark.parametrize("name", ERRORS)
def test_each_page_stands_alone(name: str) -> None:
    page = render_to_string(f"errors/{name}.html")

    assert re.search(r"<h1>\w", page)
    assert "<script" not in page
    assert "style=" not in page
    assert all(address.startswith("/static/") for address in re.findall(r'<link [^>]*href="([^"]*)"', page))


def test_an_address_nobody_has_says_so_without_naming_anybody(acme_browser: Browser) -> None:
    answer = acme_browser.get("/no/such/page")

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert 'href="/t/acme/"' in answer.content.decode()


def test_what_is_gone_in_ones_own_tenant_says_so_in_the_frame_of_the_portal(
    ada_portal: Browser, grace_portal: Browser
) -> None:
    gone = f"/tenants/acme/groups/{uuid4()}/"

    answer = ada_portal.get(gone)
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert 'href="/tenants/acme/">Go to the overview' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    foreign = grace_portal.get(gone)
    assert foreign.status_code == 404
    assert "overview" not in foreign.content.decode()


def test_what_ones_role_doesnt_include_says_so_whatever_is_there(acme: Tenant, home: Tenant, ada: Account) -> None:
    with schema_context(PUBLIC):
        Membership.objects.filter(tenant=acme, account_id=ada.pk).update(role=AdministratorRole.SUPPORT)
    portal = Browser(home)
    portal.sign_in(ada)
    for path in ("settings/mail/", f"applications/{uuid4()}/"):
        answer = portal.get(f"/tenants/acme/{path}")
        assert answer.status_code == 404
        assert "Your role doesn’t include this page" in answer.content.decode()
        assert "Learn more" not in answer.content.decode()


def test_a_tenant_nobody_has_says_so(olga_portal: Browser) -> None:
    answer = olga_portal.get("/t/nobody/sign-in/")

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "direction", "title"), [("ar", "rtl", "الصفحة غير موجودة"), ("ja", "ltr", "ページが見つかりません")]
)
def test_a_tenant_nobody_has_says_so_in_the_browsers_language(
    home: Tenant, language: str, direction: str, title: str
) -> None:
    page = Browser(home).get("/t/nobody/sign-in/", headers={"accept-language": language}).content.decode()

    assert f'<html lang="{language}" dir="{direction}">' in page
    assert f"<h1>{title}" in page


def test_a_tenant_that_has_to_be_upgraded_says_to_wait_in_the_browsers_language(acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(migration_state="of an earlier release")
    answer = Browser(acme).get("/sign-in/", headers={"accept-language": "ar"})

    assert answer.status_code == 503
    assert '<html lang="ar" dir="rtl">' in answer.content.decode()


def test_a_paused_sign_in_says_so_from_right_to_left(acme: Tenant) -> None:
    suspend_tenant(acme, actor=Actor.command())
    answer = Browser(acme).get("/sign-in/", headers={"accept-language": "ar"})

    assert answer.status_code == 503
    assert '<html lang="ar" dir="rtl">' in answer.content.decode()
    assert "<h1>تسجيل الدخول متوقف" in answer.content.decode()


def test_a_form_that_is_too_old_says_how_to_go_on(home: Tenant, olga_portal: Browser) -> None:
    browser = Browser(home, checks_csrf=True)
    browser.cookies = olga_portal.cookies

    answer = browser.post("/tenants/acme/settings/", {"name": "Changed"})

    assert answer.status_code == 403
    assert "This page has expired" in answer.content.decode()
    assert 'href="/tenants/acme/settings/"' in answer.content.decode()


def test_the_portal_speaks_one_language_throughout(ada_portal: Browser) -> None:
    german = {"accept-language": "de"}

    listed = ada_portal.get("/tenants/", headers=german).content.decode()
    refused = ada_portal.post("/tenants/acme/settings/", {"name": ""}, headers=german).content.decode()

    assert '<html lang="de"' in listed
    assert "ago</time>" not in listed
    assert "Geben Sie einen Namen mit 1 bis 256 Zeichen ein." in refused
    assert (
        "eine der angezeigten Möglichkeiten."
        in ada_portal.post(
            "/tenants/acme/settings/", {"name": "Acme", "country": "XX"}, headers=german
        ).content.decode()
    )


@pytest.mark.parametrize(
    ("method", "path", "field_count", "status", "title"),
    [
        ("get", "/no/such/page", 0, 404, "Seite nicht gefunden"),
        ("get", "/profile/sessions/end-others/", 0, 405, "Diese Seite lässt sich nicht direkt öffnen"),
        ("post", "/sign-out/", 1, 403, "Diese Seite ist abgelaufen"),
        ("post", "/device", 3000, 400, "Etwas ist schiefgegangen"),
    ],
)
def test_a_tenants_errors_wear_its_brand_and_speak_its_customers_language(
    acme: Tenant, method: str, path: str, field_count: int, status: int, title: str
) -> None:
    browser = Browser(acme, checks_csrf=status == 403)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"

    answer = getattr(browser, method)(path, {str(number): "" for number in range(field_count)})

    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert "/t/acme/brand/themes/" in page
    assert 'lang="de"' in page
    assert "no-store" in answer["Cache-Control"]


def test_the_portals_errors_are_the_portals(ada_portal: Browser) -> None:
    missing = ada_portal.get("/tenants/globex/", headers={"accept-language": "fr"})
    wrong = ada_portal.get("/tenants/acme/settings/resume", headers={"accept-language": "fr"})

    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert "Page not found" in missing.content.decode()
    assert "open this page directly" in wrong.content.decode()
    assert wrong["Allow"] == "POST"
    assert "/brand/" not in missing.content.decode()


def test_a_piece_asked_for_after_the_session_ended_sends_the_page_to_sign_in_and_back(home: Tenant) -> None:
    page = "http://localhost:1/tenants/new/?x=1"
    asked = {"hx-request": "true", "hx-current-url": page}

    answer = Browser(home).get("/tenants/new/domain?slug=a", headers={**asked, "host": "localhost:1"})

    assert answer["HX-Redirect"] == "/sign-in/?next=%2Ftenants%2Fnew%2F%3Fx%3D1"
    assert answer.status_code == 200


def test_eve_cannot_choose_where_that_leads(home: Tenant) -> None:
    asked = {"hx-request": "true", "hx-current-url": "https://evil.example/tenants/"}

    answer = Browser(home).get("/tenants/?q=a", headers=asked)

    assert answer["HX-Redirect"] == "/sign-in/?next=%2Ftenants%2F%3Fq%3Da"


@pytest.mark.parametrize("path", ["/tenants/", "/tenants/new/"])
@pytest.mark.parametrize("half", ["http://[::x", "http://[", "//[x]:y"])
def test_r54_half_an_address_is_as_good_as_none(home: Tenant, path: str, half: str) -> None:
    piece = Browser(home).get(path, headers={"hx-request": "true", "hx-current-url": half})
    form = Browser(home).post(path, {"name": "x"}, headers={"referer": half})

    quoted = path.replace("/", "%2F")
    assert piece["HX-Redirect"] == f"/sign-in/?next={quoted}"
    assert form["Location"] == f"/sign-in/?next={quoted}%3Funsent%3D"


def test_r54_a_form_that_cant_be_taken_apart_leaves_a_line_and_no_traceback(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boundary longer than any (RFC 2046 section 5.1.1), by whoever likes, a thousand times an hour."""
    told = io.StringIO()
    [console] = [each for each in logging.getLogger().handlers if each.name == "console"]
    monkeypatch.setattr(console, "stream", told)

    answer = Browser(acme).post("/language/", b"x", f"multipart/form-data; boundary={'x' * 500}")

    assert answer.status_code == 400
    assert len(told.getvalue().splitlines()) == 1, told.getvalue()


@pytest.mark.parametrize("path", ["/tenants/", "/tenants/acme/outbox/", "/tenants/acme/applications/"])
def test_a_search_for_what_no_text_can_hold_finds_what_it_can(ada_portal: Browser, path: str) -> None:
    assert ada_portal.get(f"{path}?q=%00Bookshop%00").status_code == 200


CHARSETS = "zlib rot13 unicode_escape utf-7 idna punycode undefined utf-16 latin-1 nonsense".split()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"])
def test_no_encoding_that_a_form_claims_to_have_breaks_a_page(kind: str) -> None:
    """Through the door of the web server, as Django's own client has none."""
    part = b'--x\r\nContent-Disposition: form-data; name="in-language"\r\n\r\n\\ud800\xff\r\n--x--\r\n'
    for charset, path in product(CHARSETS, ("language/", "sign-in/", "oidc/authorize", "oidc/token", "nothing")):
        content_type = f"{kind}; charset={charset}; x=y"
        assert status_at_the_door(f"/t/acme/{path}?a=b", part, content_type) < 500, (charset, path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("acme")
def test_r51_what_strangers_send_stays_no_longer_than_its_answer() -> None:
    """Nobody waits for the collector, which has no reason to hurry: it counts objects, however large they are."""
    form, path = {"sent-by-eve": "x" * 300_000}, "/t/acme/providers/nobody/callback"
    request = RequestFactory(headers={"host": "localhost"}).post(path, form)
    gc.disable()
    try:
        application(request.environ, Mock()).close()  # type: ignore[attr-defined]
        assert not [each for each in gc.get_objects() if type(each) is QueryDict and "sent-by-eve" in each]
    finally:
        gc.enable()


def status_at_the_door(path: str, body: bytes, content_type: str) -> int:
    begun: list[str] = []
    request = RequestFactory(headers={"host": "localhost"}).generic("POST", path, body, "x")
    request.environ["CONTENT_TYPE"] = content_type
    application(request.environ, lambda status, *_: begun.append(status))  # type: ignore[arg-type, misc]
    return int(begun[0].split()[0])
