"""What Eve answers is text, wherever it is read: on her pages, in her mail and at the portal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Dialog, Page, expect

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from audit.services import Actor
from mail.models import Message
from tenants.description import TenantDescription
from tenants.models import Tenant
from tenants.services.life_cycle import apply
from tenants.work.jobs import run_waiting_jobs
from tests.cast import PASSWORD
from tests.userflows.customer import new_code
from userflows.flows.page_layout import AttributeLayout, Option
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]
OURS = (settings.CIAM_BASE_URL, "data:")
EVES = "eve@acme.example"
IMAGE = "<img src=x onerror=alert(1)>"
# By the attribute that Eve answers with it.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": IMAGE,
    "drawing": '"><svg onload=alert(1)>',
    "quoted": "' autofocus onfocus='alert(1)",
    "scheme": "javascript:alert(1)//",
    "lines": "</textarea><script>alert(1)</script>",
    "data": "</script><script>alert(1)</script>",
    "comment": "--><!--<img src=x onerror=alert(1)>",
    "frame": "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "template": "{{ 7|add:7 }}{% debug %}${alert(1)}",
    "entity": "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;b>",
    "formula": '=HYPERLINK("https://evil.example","x")',
    "elsewhere": "<link rel=stylesheet href=//evil.example/x><base href=//evil.example>",
    "backslash": "\\';alert(1)//`${alert(1)}`",
}


@pytest.fixture
def _asked(acme: Tenant) -> None:
    """Acme is called as Eve would have it, and asks for all of these in words of hers."""
    actor = Actor.command()
    apply(acme, TenantDescription(IMAGE), actor=actor)
    with tenant_context(acme):
        for name, value in HOSTILE.items():
            define_custom_attribute(name=name, data_type="String", description=value, actor=actor)
        define_custom_attribute(name="choice", data_type="String", actor=actor)
        rows = [
            AttributeLayout(name, label=value, hint=value, placeholder=value, input_type="lines" * (name == "lines"))
            for name, value in HOSTILE.items()
        ]
        choice = AttributeLayout("choice", input_type="radio", options=[Option(IMAGE, "one"), Option("Two", "two")])
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=[AttributeLayout("givenName"), *rows, choice], actor=actor)
        change_user_flow(flow, sends_welcome=True, actor=actor)


@pytest.fixture
def page(window: Window) -> Page:
    """Olga's window, in which Eve signs up as well."""
    return window()


@pytest.fixture
def happened(page: Page) -> list[str]:
    """What must not: a dialog, an error, a refusal (as of a policy), a request to another site."""
    found: list[str] = []

    def noted(what: str, is_wrong: bool = True) -> None:
        found.extend([what] * is_wrong)

    def close(dialog: Dialog) -> None:
        noted(f"{dialog.type} {dialog.message}")
        dialog.dismiss()

    page.on("dialog", close)
    page.on("pageerror", lambda error: noted(str(error)))
    page.on("console", lambda message: noted(message.text, message.type == "error"))
    page.on("request", lambda request: noted(request.url, not request.url.startswith(OURS)))
    return found


def shows(page: Page, *values: str) -> None:
    """These stand there to be read, and none of them has become part of the page."""
    for value in values:
        expect(page.get_by_text(value).filter(visible=True).first).to_be_visible()
    for frame in page.frames:
        assert frame.locator("[onerror], [onload], [onfocus], [src=x], [href*=evil]").count() == 0


@pytest.mark.usefixtures("_asked")
def test_c01_what_eve_answers_runs_nowhere(page: Page, happened: list[str], acme: Tenant, tmp_path: Path) -> None:
    page.goto("/t/acme/sign-up/")
    page.locator("#email").fill(EVES)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, EVES))
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    shows(page, IMAGE, HOSTILE["script"], HOSTILE["entity"])
    page.locator("[name=givenName]").fill(IMAGE)
    for name, value in HOSTILE.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label(IMAGE).last.check()
    page.locator("#password").press("Enter")
    page.wait_for_url("**/t/acme/profile/")
    for name, value in HOSTILE.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    shows(page, IMAGE)

    run_waiting_jobs()
    with tenant_context(acme):
        eve = Account.objects.with_email(EVES).get()
        welcome = Message.objects.get(to=EVES, kind="welcome")
    for address in (f"customers/{eve.pk}/", "customers/", f"customers/{eve.pk}/activity/", "logs/"):
        page.goto(f"/tenants/acme/{address}")
        shows(page, IMAGE)
    page.goto(f"/tenants/acme/outbox/{welcome.pk}/")
    shows(page, f"Welcome to {IMAGE}")
    expect(page.frame_locator("iframe").get_by_role("heading", name=f"Welcome to {IMAGE}")).to_be_visible()

    file = tmp_path / f"{IMAGE}.csv"
    quoted = ",".join('"{}"'.format(value.replace('"', '""')) for value in HOSTILE.values())
    file.write_text(f"email,{quoted}\nnora@acme.example,{quoted}\n{IMAGE},{quoted}\n")
    page.goto("/tenants/acme/imports/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and continue").click()
    page.get_by_label(HOSTILE["script"], exact=True).select_option("script")
    shows(page, *HOSTILE.values())
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="Checking the file")).to_be_visible()
    run_waiting_jobs()
    expect(page.get_by_text("Enter one plain email address.")).to_be_visible()
    shows(page, IMAGE)
    assert happened == []
