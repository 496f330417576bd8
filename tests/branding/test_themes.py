"""Acme gives the mobile app a theme: its customers see it on the way, and nobody else does."""

import re

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.deletion import delete_application
from audit.models import Event
from branding.languages.offered import offer
from branding.look import look_for
from branding.models import BrandingImage, BrandVersion, Theme, ThemedApplication
from branding.themes.services import ThemeDescription, apply_theme, create_theme
from common.database.caches import forget_everything
from common.problems import Refused
from tenants.models import Tenant
from tests.branding.brands import ADA, NOTHING, PAGE, brand, draft, published, theme_of
from tests.branding.customers import sent_by
from tests.branding.pictures import picture, upload
from tests.browser import Browser
from tests.cast import allow
from tests.oidc.relying_party import RelyingParty
from tests.statements import statements
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs

HINT, KIDS = "you@acme.example", "kids@acme.example"


@pytest.fixture
def kids(acme: Tenant, mobile: Application) -> Theme:
    """A published theme of the mobile app's."""
    brand(acme, username_hint=HINT, legal_lines="Acme GmbH", accent_color="#112233")
    theme = theme_of(acme, str(mobile.client_id))
    brand(acme, theme=theme, username_hint=KIDS, accent_color="#884400")
    forget_everything()
    return theme


def test_grace_finds_no_theme_of_acme_and_acmes_is_none_of_globex(
    acme: Tenant, globex: Tenant, kids: Theme, grace_portal: Browser, ada_portal: Browser
) -> None:
    for rest in ("", "default/", "settings/", "history/1/", "coverage/", "delete", "publish/", "share/"):
        page = f"{PAGE}themes/{kids.pk}/{rest}"
        assert ada_portal.get(page).status_code == 200
        assert grace_portal.get(page).status_code == 404
        assert grace_portal.get(page.replace("/acme/", "/globex/")).status_code == 404


def test_the_journey_of_an_application_wears_its_theme_and_others_dont(
    acme: Tenant, kids: Theme, mobile: Application, bookshop: Application
) -> None:
    themed, other = sent_by(acme, mobile), sent_by(acme, bookshop)

    assert KIDS in themed.text
    assert HINT in other.text
    for customer, color in ((themed, "#884400"), (other, "#112233")):
        sheet = re.findall(r'href="/t/acme(/brand/themes/[^"]*)"', customer.text)[0]
        assert color in customer.browser.get(sheet).content.decode()
    assert HINT in Customer(acme).visit("/sign-in/").content.decode()


def test_the_list_of_languages_is_a_page_of_the_journey(acme: Tenant, kids: Theme, mobile: Application) -> None:
    """In its theme, and what is chosen there may lead on to the application."""
    themed = sent_by(acme, mobile)

    answer = themed.browser.get(f"/language/?next={themed.path}")

    sheet = re.findall(r'href="/t/acme(/brand/themes/[^"]*)"', answer.content.decode())[0]
    assert "#884400" in themed.browser.get(sheet).content.decode()
    assert "form-action" not in answer["Content-Security-Policy"]


def test_a_mail_of_the_journey_wears_the_theme_with_what_falls_back(
    acme: Tenant, kids: Theme, mobile: Application
) -> None:
    draft(acme, theme=kids, support_url="https://kids.example/help")
    published(acme, kids)
    forget_everything()
    customer = sent_by(acme, mobile)
    customer.switch("sign_up")
    customer.submit({"email": "new@nowhere.example"})
    run_jobs()

    with tenant_context(acme):
        [mail] = mails_to("new@nowhere.example")
    assert "https://kids.example/help" in mail.html
    assert "Acme GmbH" in mail.html
    assert "#884400" in mail.html


def test_whoever_is_asked_before_going_on_to_it_sees_the_theme_and_their_account_is_the_tenants(
    acme: Tenant, kids: Theme, mobile: Application, carol: Account
) -> None:
    browser = Browser(acme)
    browser.sign_in(carol)
    with tenant_context(acme):
        sheet = look_for("en", client_id=str(mobile.client_id)).style_sheet_url

    assert sheet in sent_by(acme, mobile, browser).text
    assert sheet not in browser.get("/profile/").content.decode()


def test_a_device_that_is_let_in_shows_the_theme(
    acme: Tenant, kids: Theme, mobile: Application, carol: Account
) -> None:
    browser = Browser(acme)
    browser.sign_in(carol)
    with tenant_context(acme):
        allow(mobile, "urn:ietf:params:oauth:grant-type:device_code")
        sheet = look_for("en", client_id=str(mobile.client_id)).style_sheet_url
    asked = RelyingParty(browser, mobile).as_client("/oidc/device_authorization", scope="openid")

    page = browser.post("/device/", {"user_code": asked.json()["user_code"]}, follow=True).content.decode()

    assert sheet in page


def test_pages_about_a_refused_request_a_lost_way_and_a_sign_out_wear_the_theme(
    acme: Tenant, kids: Theme, mobile: Application
) -> None:
    browser = Browser(acme)
    answer = browser.get(f"/oidc/logout?client_id={mobile.client_id}")
    assert answer.headers["Location"].endswith(f"/signed-out/?client_id={mobile.client_id}")
    with tenant_context(acme):
        sheet = look_for("en", client_id=str(mobile.client_id)).style_sheet_url
        tenants_own = look_for("en").style_sheet_url
    assert sheet != tenants_own
    refused = f"/oidc/authorize?client_id={mobile.client_id}&redirect_uri=https://evil.example/&response_type=code"
    for path in (f"/signed-out/?client_id={mobile.client_id}", refused):
        assert sheet in browser.get(path).content.decode()
    for path in ("/signed-out/", "/signed-out/?client_id=nobody", "/no/such/page"):
        assert tenants_own in browser.get(path).content.decode()


def test_a_page_costs_no_more_with_themes_and_versions(acme: Tenant, kids: Theme, mobile: Application) -> None:
    customer = sent_by(acme, mobile)
    with tenant_context(acme):
        for _ in range(3):
            draft(acme, username_hint=f"{_}@acme.example")
            published(acme)
        forget_everything()
        offer()  # A page has asked already which languages there are.
        with statements(1):
            look_for("de-AT", client_id=str(mobile.client_id))
    assert KIDS in customer.visit(customer.path).content.decode()


def test_an_application_has_one_theme_and_the_portal_says_which(
    acme: Tenant, kids: Theme, ada_portal: Browser, mobile: Application
) -> None:
    page = ada_portal.get(f"{PAGE}themes/").content.decode()
    assert f"{mobile.name} (Kids)" in page

    made = ada_portal.post(f"{PAGE}themes/", {"name": "Night", "client_ids": [str(mobile.client_id)]})

    assert made.status_code == 302
    with tenant_context(acme):
        [row] = ThemedApplication.objects.all()
        assert row.theme.name == "Night"
        actions = list(
            Event.objects.filter(action__startswith="theme.").order_by("pk").values_list("action", flat=True)
        )
    assert actions[-2:] == ["theme.created", "theme.given"]
    listed = ada_portal.get(PAGE).content.decode()
    assert "Night" in listed
    assert "Kids" in listed


@pytest.mark.parametrize(
    ("name", "client_ids", "field"),
    [("", (), "name"), ("Kids", (), "name"), ("x" * 65, (), "name"), ("New", ("nobody",), "client_ids")],
)
def test_what_is_wrong_with_a_theme_is_said(
    acme: Tenant, kids: Theme, name: str, client_ids: tuple[str, ...], field: str
) -> None:
    with tenant_context(acme), pytest.raises(Refused) as refused:
        create_theme(ThemeDescription(name, client_ids), actor=ADA)
    assert {problem.field for problem in refused.value.problems} == {field}


def test_of_two_who_change_a_theme_the_later_is_told(acme: Tenant, kids: Theme, ada_portal: Browser) -> None:
    page = f"{PAGE}themes/{kids.pk}/settings/"
    seen = ada_portal.get(page).context["form"]["seen"].value()
    with tenant_context(acme):
        apply_theme(kids, ThemeDescription("Children"), actor=ADA)

    told = ada_portal.post(page, {"name": "Youth", "seen": seen}).content.decode()

    assert "This has changed since you opened the page" in told
    assert 'value="Youth"' in told


def test_what_a_theme_leaves_empty_is_the_tenants_and_its_form_says_so(
    acme: Tenant, kids: Theme, ada_portal: Browser
) -> None:
    page = ada_portal.get(f"{PAGE}themes/{kids.pk}/default/").content.decode()
    assert 'placeholder="Acme GmbH"' in page
    assert "Not set here: full-screen background" in page

    ada_portal.post(f"{PAGE}themes/{kids.pk}/default/", NOTHING)

    published(acme, kids)
    forget_everything()
    with tenant_context(acme):
        [client_id] = kids.applications.values_list("client_id", flat=True)
        assert look_for("en", client_id=client_id).username_hint == HINT


def test_a_deleted_theme_leaves_nothing_and_so_does_a_deleted_application(
    acme: Tenant, kids: Theme, mobile: Application, ada_portal: Browser
) -> None:
    brand(acme, theme=kids, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    with tenant_context(acme):
        delete_application(mobile, actor=ADA)
        assert not ThemedApplication.objects.exists()
    assert ada_portal.post(f"{PAGE}themes/{kids.pk}/delete", {"typed_name": "Kid"}).status_code == 200

    assert ada_portal.post(f"{PAGE}themes/{kids.pk}/delete", {"typed_name": "Kids"}).status_code == 302

    with tenant_context(acme):
        assert not Theme.objects.exists()
        assert not BrandingImage.objects.exists()
        assert not BrandVersion.objects.exclude(theme=None).exists()
