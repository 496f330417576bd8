"""Somebody at a phone who answers whatever a page asks, until they are at their profile."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django_tenants.utils import tenant_context
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TookTooLong

from tests.cast import PASSWORD
from tests.userflows.customer import mails_to, new_code, new_text
from tests.userflows.walk.ways import CODE, LINK, WAYS, Way
from tests.userflows.walk.ways import PASSWORD as BY_PASSWORD
from tests.userflows.walk.world import PROVIDERS, Walking, World
from tests.waiting import until
from tests.worker import run_jobs
from userflows.state import APP, MAIL, PASSKEY, PROVIDER, SIGN_IN, SMS

NEW_PASSWORD = "a wholly different password"
MOST_PAGES = max(len(way.pages.split()) for way in WAYS) + 1
LINK_IN_MAIL = re.compile(r"https?://\S+/open/\S+/")
LOOK = """() => [
    document.documentElement.scrollWidth > innerWidth,
    [...document.querySelectorAll("button:disabled, .reveal")]
        .some((each) => each.checkVisibility({ visibilityProperty: true })),
]"""
# On whose page somebody shows who they are, by the method.
PAGES = {BY_PASSWORD: "password", CODE: "code", LINK: "code", SMS: "sms", PASSKEY: "passkey"}
INSTEAD = {
    BY_PASSWORD: "Use your password instead",
    CODE: "Email me a code instead",
    LINK: "Email me a code instead",
    SMS: "Text me a code instead",
    PASSKEY: "Use a passkey instead",
    MAIL: "Email me a code instead",
}
# On whose page somebody shows a second factor, by that.
SECOND_PAGES = {APP: "app-code", MAIL: "second-mail", PASSKEY: "passkey-check", SMS: "second-sms"}
# On whose page somebody sets a second factor up, by that.
SET_UP_PAGES = {APP: "app-setup", PASSKEY: "passkey-setup", SMS: "phone-setup"}
SET_UP_INSTEAD = {
    APP: "Set up an authenticator app instead",
    PASSKEY: "Create a passkey instead",
    SMS: "Use text messages instead",
}


@dataclass
class Walker:
    """Goes this way. `pages` are the steps they have come through, `minds` the methods by which they still mean to."""

    page: Page
    world: World
    way: Way
    walking: Walking
    pages: list[str] = field(default_factory=list)
    minds: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.minds = [*self.way.before.split(), self.way.first]

    def walk(self) -> str:
        """Go on to the profile. Returns the pages on the way."""
        for _ in range(MOST_PAGES):
            path = self._stands_at()
            if "/go/" not in path:
                break
            step = path.split("/go/")[1].split("/")[1]
            self.pages.append(step)
            if not self._is_let_in_by_autofill(step):
                self._look(step)
                self._answer(step)
            self._wait_till_gone(path)
            if "/go/" in self.page.url:
                # The profile is another story's.
                self.page.wait_for_load_state("domcontentloaded")
        assert self.page.url.endswith("/profile/"), (self.pages, self.page.url, self.page.inner_text("main"))
        return " ".join(self.pages)

    def _wait_till_gone(self, path: str) -> None:
        if self.way.scripts:
            self.page.wait_for_url(lambda url: urlsplit(url).path != path, wait_until="commit")
        else:
            until(lambda: self._stands_at() != path, otherwise=f"nothing came after {path}")

    def _stands_at(self) -> str:
        """The path of the page that is shown. One that came in answer to a form says its own, and a script has the
        browser show that.
        """
        if self.way.scripts:
            return urlsplit(self.page.url).path
        said = None
        in_answer = self.page.locator("main[data-asked-at]")
        # It may go meanwhile.
        with suppress(TookTooLong):
            said = in_answer.get_attribute("data-asked-at", timeout=500) if in_answer.count() else None
        return urlsplit(said or self.page.url).path

    def _is_let_in_by_autofill(self, step: str) -> bool:
        """Whoever has a passkey in this browser is asked for it below the address, and says yes at once."""
        return step == "address" and self.way.first == PASSKEY and self.walking.key is not None

    def _look(self, step: str) -> None:
        """Nothing sticks out of the phone, and without scripts no button waits for one."""
        is_too_wide, waits_for_script = self.page.evaluate(LOOK)
        assert not is_too_wide, step
        assert self.way.scripts or not waits_for_script, step

    def _answer(self, step: str) -> None:
        if self.way.goal == SIGN_IN and step in PAGES.values():
            if len(self.minds) > 1 and PAGES.get(self.minds[0]) == step:
                self.minds.pop(0)
            if PAGES.get(self.minds[0]) != step:
                self._choose_another(step)
                return
        if self.way.without_app and step == "app-code":
            self._press_instead("Use a recovery code instead")
            return
        for pages, instead in ((SECOND_PAGES, INSTEAD), (SET_UP_PAGES, SET_UP_INSTEAD)):
            if self.way.factors and step in pages.values() and step != pages.get(self.way.second):
                self._press_instead(instead[self.way.second])
                return
        self._answers(step)[step]()

    def _choose_another(self, step: str) -> None:
        """From the page of one method to the one that they mean now."""
        meant = self.minds[0]
        if meant in PROVIDERS:
            self._leave_for_provider(step)
        else:
            self._press_instead(INSTEAD[meant])

    def _press_instead(self, words: str) -> None:
        self.page.locator("a, button", has_text=words).click()

    def _leave_for_provider(self, step: str) -> None:
        """Whoever means another method by then comes back as they went, and reads so."""
        meant = self.minds[0] if self.minds[0] in PROVIDERS else PROVIDER
        changes_mind = len(self.minds) > 1
        if changes_mind:
            self.minds.pop(0)
            self.world.sites[meant].answers.append({"code": None, "error": "access_denied"})
        self._press(f"Continue with {PROVIDERS[meant]}")
        if changes_mind:
            self.page.get_by_text(f"You didn't sign in with {PROVIDERS[meant]}.").wait_for()
            self._answer(step)

    def _answers(self, step: str) -> dict[str, Callable[[], None]]:
        number, email = self.walking.number, self.walking.email
        return {
            "address": lambda: self._give_name(step),
            "password": lambda: self._enter("password", PASSWORD),
            "code": self._read_mail,
            "open": lambda: self._press("Continue"),
            "provider": lambda: self._leave_for_provider(step),
            "details": self._give_details,
            "new-password": lambda: self._enter("password", NEW_PASSWORD),
            "passkey-check": lambda: self._press("Continue with a passkey"),
            "passkey-setup": lambda: self._press("Create a passkey"),
            "app-code": lambda: self._type_code(self.walking.app.next_code()),
            "app-setup": self._set_app_up,
            "recovery-code": lambda: self._enter("code", self.walking.app.recovery_codes.pop()),
            "recovery-codes": lambda: self._press("I've saved my codes"),
            "sms": lambda: self._type_code(new_text(self.world.acme, number)),
            "second-sms": lambda: self._type_code(new_text(self.world.acme, number)),
            "phone-setup": self._set_phone_up,
            "second-mail": lambda: self._type_code(new_code(self.world.acme, email)),
        }

    def _press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def _enter(self, name: str, value: str) -> None:
        self.page.fill(f"#{name}", value)
        self.page.press(f"#{name}", "Enter")

    def _type_code(self, code: str) -> None:
        """With scripts the last digit sends it. Whoever comes again has this browser remembered."""
        if self.way.again:
            self.page.check("#remember")
        self.page.fill("#code", code)
        if not self.way.scripts:
            self.page.press("#code", "Enter")

    def _give_name(self, step: str) -> None:
        if self.minds[0] in PROVIDERS:
            self._leave_for_provider(step)
        else:
            self._enter("email", self.walking.name)

    def _read_mail(self) -> None:
        if self.way.first != LINK:
            self._type_code(new_code(self.world.acme, self.walking.email))
            return
        run_jobs()
        with tenant_context(self.world.acme):
            found = LINK_IN_MAIL.search(mails_to(self.walking.email)[0].text)
        assert found
        self.page.goto(found[0], wait_until="domcontentloaded")

    def _give_details(self) -> None:
        if self.page.locator("#password").count():
            self.page.fill("#password", PASSWORD)
        self._enter("givenName", "Nina")

    def _set_app_up(self) -> None:
        self.walking.app.scan(self.page.content())
        self._type_code(self.walking.app.code)

    def _set_phone_up(self) -> None:
        self._enter("number", self.walking.number)
        self.page.locator("#code").wait_for()
        self._type_code(new_text(self.world.acme, self.walking.number))
