"""What an administrator is told in a sentence, done by clicks alone, which the documentation has written down."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from accounts.models import Account
from providers.relying_party import fetched
from tenants.models import Tenant
from tests.house_rules.sources import DOCS
from tests.providers.elsewhere import CLIENT_ID, ISSUER, SECRET, Elsewhere
from tests.screens import DESK, PHONE
from tests.userflows.customer import new_code
from tests.userflows.factors.in_chromium import with_authenticator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NINA = "nina@new.example"
CLICKS = "Click by click"
# Whether what is pressed is a link or a form's button, rather than the words beside a tick.
LEADS_ON = "each => each.closest('a[href], button[type=submit], button:not([type])') !== null"


@dataclass
class Olga:
    """Her mouse and keyboard, on the overview of a tenant. `made` is what she has pressed and filled in, in order, and
    `typed` how much of it she has filled in.
    """

    page: Page
    made: list[str] = field(default_factory=list)
    typed: int = 0

    def clicks(self, *names: str) -> None:
        """Press what these words stand on: the first of it that is in sight."""
        for name in names:
            self.made.append(name)
            pressed = self.page.get_by_text(name, exact=True).locator("visible=true").first
            if pressed.evaluate(LEADS_ON):
                with self.page.expect_navigation():
                    pressed.click()
            else:
                pressed.click()

    def ticks(self, name: str, *, of: str) -> None:
        """The box of this name in a row."""
        self.made.append(name)
        self.page.get_by_role("checkbox", name=re.compile(f"^{name} ?: {of}$")).check()

    def types(self, label: str, text: str) -> None:
        self.made.append(label)
        self.typed += 1
        self.page.get_by_label(re.compile(f"^{label}( \\(optional\\))?$")).fill(text)


@pytest.fixture
def olga(window: Callable[..., Page], globex: Tenant) -> Olga:
    """At a tenant whose user flow nobody has touched yet."""
    page = window(viewport=DESK)
    page.goto("/tenants/globex/")
    return Olga(page)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    server = Elsewhere()
    monkeypatch.setattr(fetched, "call", server.call)
    fetched.forget_documents()
    yield server
    fetched.forget_documents()


def written_down(page: str) -> list[str]:
    """The clicks that a page of the documentation tells: what stands in italics in the steps below that heading."""
    section = (DOCS / "how-to" / page).read_text(encoding="utf-8").partition(f"## {CLICKS}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d+\. .*(?:\n   .*)*", section, flags=re.MULTILINE)
    return [re.sub(r"\s+", " ", name) for step in steps for name in re.findall(r"\*([^*]+)\*", step)]


def test_customers_sign_up_by_passkey_or_mailed_code_accept_the_terms_and_give_their_country(
    olga: Olga, globex: Tenant, open_page: Callable[..., Page]
) -> None:
    olga.clicks("User flows", "Sign up and sign in")
    olga.clicks("Email with password", "Email one-time code", "Passkey", "Save")
    olga.clicks("Attributes", "Country or region", "Save and publish", "Page layout")
    olga.ticks("Required", of="Country or region")
    olga.clicks("Save and publish", "Terms of use")
    olga.types("Version", "2026-12-01")
    olga.clicks("Save")
    olga.page.get_by_text("Saved. Customers are asked from the next sign-in.").wait_for()
    assert olga.made == written_down("user-flows.md")
    assert (len(olga.made) - olga.typed, olga.typed) == (14, 1), "the page says how many"

    phone = open_page("/t/globex/sign-up/", viewport=PHONE)
    with_authenticator(phone)
    phone.fill("#email", NINA)
    phone.keyboard.press("Enter")
    phone.locator("#code").wait_for()
    phone.fill("#code", new_code(globex, NINA))
    phone.locator("#country").select_option("DE")
    phone.get_by_role("checkbox", name="I accept").check()
    phone.get_by_role("button", name="Create account").click()
    phone.get_by_role("button", name="Create a passkey").click()
    phone.wait_for_url("**/t/globex/profile/")
    with tenant_context(globex):
        nina = Account.objects.with_email(NINA).get()
        assert (nina.country, list(nina.accepted_terms)) == ("DE", ["2026-12-01"])


def test_google_and_the_old_identity_server_are_added(
    olga: Olga, globex: Tenant, elsewhere: Elsewhere, open_page: Callable[..., Page]
) -> None:
    olga.clicks("Identity providers", "Add provider", "Google")
    olga.types("Client ID", "of-google")
    olga.types("Client secret", "secret-of-google")
    olga.clicks("Add provider", "Identity providers", "Add provider", "Another OpenID provider")
    olga.types("Name", "Our old server")
    olga.types("Issuer", ISSUER)
    olga.types("Client ID", CLIENT_ID)
    olga.types("Client secret", SECRET)
    olga.clicks("Add provider", "Test")
    olga.page.get_by_text("The issuer is").wait_for()
    olga.clicks("User flows", "Sign up and sign in", "Google", "Our old server", "Save")
    olga.page.get_by_text("Saved. The next sign-in goes this way.").wait_for()
    assert [each for each in olga.made if each != "Our old server"] == written_down("identity-providers.md")
    assert (len(olga.made) - olga.typed, olga.typed) == (14, 6), "the page says how many"

    phone = open_page("/t/globex/sign-in/", viewport=PHONE)
    for name in ("Google", "Our old server"):
        phone.get_by_role("button", name=f"Continue with {name}").wait_for()
