"""Ada begins with a tenant by the guide; how far she has come is what there is."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application, ClientSecret
from audit.models import Event
from branding.models import Branding, BrandingImage
from mail.bodies import open_body
from mail.models import Message
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Membership, Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.cast import tenant_named
from tests.oidc.relying_party import RelyingParty
from tests.screens import DESK, check_in_every_look
from tests.worker import run_jobs
from userflows.models import UserFlow

START = "/tenants/acme/start/"


def done_at(portal: Browser, url: str = START) -> dict[str, bool]:
    return {step.key: bool(step.done) for step in portal.get(url).context["steps"]}


def current_at(portal: Browser, url: str = START) -> str:
    current: str = portal.get(url).context["current"]
    return current


@pytest.fixture
def untouched(acme: Tenant) -> Tenant:
    """The tenant as if nobody had done anything in it."""
    with tenant_context(acme):
        Application.objects.all().delete()
        Account.objects.update(deleted_at=timezone.now())
        BrandingImage.objects.all().delete()
        Branding.objects.update(accent_color="", background_color="", privacy_url="https://acme.example/privacy")
    return acme


def test_the_guide_goes_on_where_something_is_missing(ada_portal: Browser, untouched: Tenant) -> None:
    assert done_at(ada_portal) == {"method": True, "look": False, "application": False, "run": False}
    assert current_at(ada_portal) == "look"

    ada_portal.post(f"{START}application", {"sample": "flask"})

    assert done_at(ada_portal)["application"]
    with tenant_context(untouched):
        Account.objects.update(deleted_at=None)
        Branding.objects.update(accent_color="#112233")
    assert all(done_at(ada_portal).values())
    assert "All done" in ada_portal.get(START).content.decode()


def test_the_method_chosen_is_that_of_the_default_flow(ada_portal: Browser, acme: Tenant) -> None:
    answer = ada_portal.post(f"{START}method", {"method": "code"})

    assert answer.headers["Location"] == START
    with tenant_context(acme):
        assert UserFlow.objects.get(is_default=True).methods == ["code"]


def test_several_methods_stay_unless_another_is_chosen(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        UserFlow.objects.filter(is_default=True).update(methods=["code", "password"])
    assert "As it is: " in ada_portal.get(START).content.decode()

    ada_portal.post(f"{START}method", {"method": ""})

    with tenant_context(acme):
        assert UserFlow.objects.get(is_default=True).methods == ["code", "password"]


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the form for the look, but files."""
    form = page.partition('id="branding-form"')[2].partition("</form>")[0]
    inputs = re.findall(r"<input[^>]*>", form)
    named = [(re.search(r' name="([^"]*)"', each), re.search(r' value="([^"]*)"', each)) for each in inputs]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def test_the_look_is_saved_and_the_rest_of_the_branding_stays(ada_portal: Browser, untouched: Tenant) -> None:
    page = ada_portal.get(f"{START}?step=look").content.decode()

    answer = ada_portal.post(f"{START}look", fields_of(page) | {"accent_color": "#b4233a"})

    assert answer.status_code == 302
    with tenant_context(untouched):
        branding = Branding.objects.get(locale="")
        assert (branding.accent_color, branding.privacy_url) == ("#b4233a", "https://acme.example/privacy")


def test_what_is_no_colour_is_said_and_stays_in_its_box(ada_portal: Browser, untouched: Tenant) -> None:
    page = ada_portal.get(f"{START}?step=look").content.decode()

    answer = ada_portal.post(f"{START}look", fields_of(page) | {"accent_color": "reddish"})

    assert answer.status_code == 200
    assert answer.context["current"] == "look"
    assert 'value="reddish"' in answer.content.decode()
    assert '<a href="#id_accent_color">Accent colour</a>' in answer.content.decode()


def test_a_file_that_is_no_picture_is_refused_by_the_name_that_the_page_has_for_it(
    ada_portal: Browser, untouched: Tenant
) -> None:
    page = ada_portal.get(f"{START}?step=look").content.decode()
    told = ada_portal.post(f"{START}look", fields_of(page) | {"banner_logo": SimpleUploadedFile("logo.png", b"none")})
    assert '<a href="#id_banner_logo">Logo</a>' in told.content.decode()


def test_the_guide_runs_with_what_is_usual(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    step = run_step(ada_portal)
    action = re.search(r'method="post" action="([^"]*)"', step)
    assert action
    fields = re.findall(r'name="(application|scopes|prompt)" value="([^"]*)"', step)
    sent = {name: [value for other, value in fields if other == name] for name, _ in fields}

    answer = ada_portal.post(action[1], sent)

    assert f"/t/acme/oidc/authorize?client_id={sent['application'][0]}&" in answer.headers["Location"]


def test_the_sample_is_downloaded_ready_to_run(
    ada_portal: Browser, acme: Tenant, acme_browser: Browser, untouched: Tenant
) -> None:
    ada_portal.post(f"{START}application", {"sample": "express"})
    with tenant_context(acme):
        application = Application.objects.get(name="Sample application")
        assert application.redirect_uri_list == ["http://localhost:3000/callback"]
    page = ada_portal.get(f"{START}?step=application").content.decode()
    action = re.search(r'action="([^"]*/samples/express/with-secret)"', page)
    assert action

    packed = ada_portal.post(action[1])

    assert "no-store" in packed["Cache-Control"]
    settings = zipfile.ZipFile(io.BytesIO(packed.content)).read("express/settings.env").decode()
    secret = re.search(r"CLIENT_SECRET=(cs_\S+)", settings)
    assert secret
    party = RelyingParty(acme_browser, application, secret[1])
    # The secret is right: only the code is not.
    assert party.exchange("a code that was never issued").json()["error"] == "invalid_grant"
    with tenant_context(acme):
        assert secret[1] not in str([vars(each) for each in (*ClientSecret.objects.all(), *Event.objects.all())])
        assert Event.objects.filter(action="application.secret_created").count() == 1


def test_no_secret_is_made_for_an_application_that_can_keep_none(ada_portal: Browser, untouched: Tenant) -> None:
    ada_portal.post(f"{START}application", {"sample": "single-page"})
    page = ada_portal.get(f"{START}?step=application").content.decode()

    assert "with-secret" not in page
    assert "samples/single-page.zip" in page


@pytest.mark.parametrize("sent", [{"sample": "../flask"}, {"sample": ""}, {}])
def test_a_sample_that_there_is_not_is_none(ada_portal: Browser, untouched: Tenant, sent: dict[str, str]) -> None:
    assert ada_portal.post(f"{START}application", sent).status_code == 200
    with tenant_context(untouched):
        assert not Application.objects.exists()


def test_the_outbox_is_named_only_where_mail_stays(ada_portal: Browser, bookshop: Application, settings: Any) -> None:
    assert "/tenants/acme/outbox/" in run_step(ada_portal)

    settings.EMAIL_URL = "smtp://mail.example:25"

    assert "outbox" not in run_step(ada_portal)


def run_step(portal: Browser) -> str:
    page = portal.get(f"{START}?step=run").content.decode()
    return page.partition('id="run"')[2].partition("</details>")[0]


def test_the_overview_leads_to_the_guide_as_long_as_something_is_missing(
    ada: Account, ada_portal: Browser, untouched: Tenant
) -> None:
    link = f'<a href="{START}">Get started</a>'
    assert link in ada_portal.get("/tenants/acme/").content.decode()

    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk, tenant=untouched).update(role=AdministratorRole.READER)

    assert link not in ada_portal.get("/tenants/acme/").content.decode()
    assert ada_portal.get(START).status_code == 404


def test_grace_begins_nothing_at_acme(grace_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    for path, sent in (("method", {"method": "code"}), ("look", {}), ("application", {"sample": "flask"})):
        assert grace_portal.post(f"{START}{path}", sent).status_code == 404
    secret = f"/tenants/acme/applications/{bookshop.client_id}/samples/flask/with-secret"
    assert grace_portal.post(secret).status_code == 404
    with tenant_context(acme):
        assert not ClientSecret.objects.exists()
        assert UserFlow.objects.get(is_default=True).methods == ["password"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_olga_goes_from_nothing_to_her_first_customer(window: Callable[..., Page]) -> None:
    page = window(viewport=DESK)
    page.goto("/tenants/new/")
    page.get_by_role("textbox", name="Name").fill("Initech")
    page.get_by_role("textbox", name="Domain").fill("initech")
    page.get_by_role("button", name="Create tenant").click()

    page.get_by_text("Email one-time code").click()
    page.get_by_role("button", name="Save and continue").first.click()
    expect(page.locator("#look")).to_have_attribute("open", "")

    before = page.locator(".preview-stage iframe").get_attribute("name")
    page.locator("#id_accent_color").fill("#b4233a")
    expect(page.locator(f".preview-stage iframe:not([name={before}])")).to_be_visible()
    check_in_every_look(page)
    page.set_viewport_size(DESK)
    page.locator("#look").get_by_role("button", name="Save and continue").click()

    page.get_by_text("JavaScript: Express with openid-client").click()
    page.get_by_role("button", name="Register the sample").click()
    expect(page.get_by_role("button", name="JavaScript: Express with openid-client")).to_be_visible()
    page.locator("#run summary").click()
    page.get_by_role("button", name="Run it now").click()

    sign_up_as_milton(page)
    expect(page.get_by_text("The application would have let the customer in")).to_be_visible()
    page.goto("/tenants/initech/start/")
    expect(page.get_by_text("All done")).to_be_visible()


def sign_up_as_milton(page: Page) -> None:
    expect(page).to_have_url(re.compile("/t/initech/go/"))
    page.get_by_label("Email address").fill("milton@initech.example")
    page.keyboard.press("Enter")
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_visible()
    run_jobs()
    with tenant_context(tenant_named("initech")):
        mail = Message.objects.latest("created_at")
        found = re.search(r"\b\d{6}\b", open_body(mail.sealed_body, message_id=mail.pk).text)
    assert found
    code.fill(found[0])
    page.keyboard.press("Enter")
    page.get_by_label("Given name").fill("Milton")
    page.get_by_label("Surname").fill("Waddams")
    page.keyboard.press("Enter")


def test_the_guide_is_put_away_for_good_and_found_by_search(ada_portal: Browser, acme: Tenant) -> None:
    assert "Don’t show this again" in ada_portal.get("/tenants/acme/").content.decode()

    told = ada_portal.post("/tenants/acme/start/put-away", follow=True).content.decode()

    assert "The guide is hidden." in told
    again = ada_portal.get("/tenants/acme/").content.decode()
    assert "Don’t show this again" not in again
    assert "Register an application" not in again
    page = ada_portal.get("/tenants/acme/start/").content.decode()
    assert "Four steps" in page
    assert "Hide the guide" not in page
    with schema_context(PUBLIC):
        assert InstallationEvent.objects.get(action="tenant.changed").details == {"fields": ["guide_is_away"]}
        assert not Tenant.objects.get(slug="globex").guide_is_away
