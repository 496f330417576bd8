"""Somebody at a phone who answers whatever a page asks, until they are at their profile."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import mails_to, new_code, new_text
from tests.userflows.factors.phone import Phone
from tests.userflows.walk.ways import LINK, WAYS
from tests.worker import run_jobs
from userflows.state import PASSKEY, SMS

NUMBER = "+4915112345678"
MOST_PAGES = max(len(way.pages.split()) for way in WAYS) + 1
LINK_IN_MAIL = re.compile(r"https?://\S+/open/\S+/")


@dataclass
class Walker:
    """Comes by `first`, with this address, app and browser. `pages` are the steps they have come through."""

    page: Page
    tenant: Tenant
    email: str
    first: str
    app: Phone
    has_key: bool = False
    has_scripts: bool = True
    pages: list[str] = field(default_factory=list)

    def walk(self) -> str:
        """Go on to the profile. Returns the pages on the way."""
        for _ in range(MOST_PAGES):
            path = urlsplit(self.page.url).path
            if "/go/" not in path:
                break
            step = path.split("/go/")[1].split("/")[1]
            self.pages.append(step)
            if not self._is_let_in_by_autofill(step):
                self._look(step)
                self._answers[step]()
            self.page.wait_for_url(lambda url: urlsplit(url).path != path, wait_until="domcontentloaded")  # noqa: B023
        assert self.page.url.endswith("/profile/"), (self.pages, self.page.url, self.page.inner_text("main"))
        return " ".join(self.pages)

    def _is_let_in_by_autofill(self, step: str) -> bool:
        """Whoever has a passkey in this browser is asked for it below the address, and says yes at once."""
        return step == "address" and self.first == PASSKEY and self.has_key

    def _look(self, step: str) -> None:
        """Nothing sticks out of the phone, and without scripts no button waits for one."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), step
        assert self.has_scripts or not self.page.locator("button:disabled:visible, .reveal:visible").count(), step

    @property
    def _answers(self) -> dict[str, Callable[[], None]]:
        return {
            "address": lambda: self._enter("email", self.email),
            "password": self._give_password,
            "code": self._read_mail,
            "open": lambda: self._press("Continue"),
            "provider": lambda: self._press("Continue with Elsewhere"),
            "details": self._give_details,
            "passkey-check": lambda: self._press("Continue with a passkey"),
            "passkey-setup": lambda: self._press("Create a passkey"),
            "app-code": lambda: self._type_code(self.app.next_code()),
            "app-setup": self._set_app_up,
            "recovery-codes": lambda: self._press("I've saved my codes"),
            "sms": lambda: self._type_code(new_text(self.tenant, NUMBER)),
            "sms-code": lambda: self._type_code(new_text(self.tenant, NUMBER)),
            "phone-setup": self._set_phone_up,
            "mail-code": lambda: self._type_code(new_code(self.tenant, self.email)),
        }

    def _press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def _enter(self, name: str, value: str) -> None:
        self.page.fill(f"#{name}", value)
        self.page.press(f"#{name}", "Enter")

    def _type_code(self, code: str) -> None:
        """With scripts the last digit sends it."""
        self.page.fill("#code", code)
        if not self.has_scripts:
            self.page.press("#code", "Enter")

    def _give_password(self) -> None:
        if self.first == SMS:
            self._press("Text me a code instead")
        else:
            self._enter("password", PASSWORD)

    def _read_mail(self) -> None:
        if self.first != LINK:
            self._type_code(new_code(self.tenant, self.email))
            return
        run_jobs()
        with tenant_context(self.tenant):
            found = LINK_IN_MAIL.search(mails_to(self.email)[0].text)
        assert found
        self.page.goto(found[0])

    def _give_details(self) -> None:
        if self.page.locator("#password").count():
            self.page.fill("#password", PASSWORD)
        self._enter("givenName", "Nina")

    def _set_app_up(self) -> None:
        self.app.scan(self.page.content())
        self._type_code(self.app.code)

    def _set_phone_up(self) -> None:
        self._enter("number", NUMBER)
        self.page.locator("#code").wait_for()
        self._type_code(new_text(self.tenant, NUMBER))
