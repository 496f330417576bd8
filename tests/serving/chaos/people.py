"""Customers on their way, whose browsers reload what doesn't come."""

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx
from django.conf import settings

from accounts.factors.totp import code_at, step_at
from tests.captcha.provider import FOUND
from tests.cast import PASSWORD
from tests.clients.customer import Answer, Customer, Form, form_of, forms_of
from tests.serving.chaos.around import NAME, PATIENCE, PERSON, Elsewhere, email_of
from tests.serving.chaos.ways import AT_PROVIDERS, BUTTON, INVITATION, SAML, Way, way_of
from tests.userflows.factors.authenticator import Authenticator, asked_on
from tests.userflows.factors.phone import Clock, Phone
from tests.waiting import until
from userflows.journeys.codes.code_tries import SECONDS_BEFORE_RESEND

RELOADS_AFTER = 0.3
SHOWN_CODE = re.compile(r'shown-code" dir="ltr">(\d{6})<')
PUZZLE = re.compile(r'data-(salt|digest|most)="([^"]+)"')
BY_APP = ("app-setup", "app-code")


class Reloading(httpx.HTTPTransport):
    """Does what people do at a page that doesn't come: reload it, forms included. `longest` is for how many seconds one
    was reloaded.
    """

    longest = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        begun = time.monotonic()
        deadline = begun + PATIENCE
        while True:
            try:
                response = super().handle_request(request)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if response.status_code != 503 or time.monotonic() > deadline:
                    return response
                response.read()
            time.sleep(RELOADS_AFTER)
            self.longest = max(self.longest, time.monotonic() - begun)


class App(Phone):
    """An authenticator app by the clock on the wall. It waits until it has a code that wasn't typed yet."""

    typed = 0

    def __init__(self) -> None:
        super().__init__(Clock())

    def next_code(self) -> str:
        self.typed = max(step_at(time.time()), self.typed + 1)
        # A code is good half a minute before its time.
        until(lambda: step_at(time.time()) >= self.typed - 1)
        return code_at(self.secret, self.typed)


def window() -> Reloading:
    """One without connections that stay open."""
    return Reloading(limits=httpx.Limits(max_keepalive_connections=0))


def browser(transport: Reloading, **headers: str) -> httpx.Client:
    """One that waits for a page as long as browsers do."""
    return httpx.Client(transport=transport, timeout=PATIENCE, headers=headers)


@dataclass
class SigningUp:
    """One customer on their way, with a browser, devices and a place on the network of their own."""

    number: int
    around: Elsewhere
    way: Way = field(init=False)
    has_come_again: bool = False
    # How many mails and text messages had come by then.
    mails_before: int = 0
    texts_before: int = 0
    typed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.way, self.email = way_of(self.number), email_of(self.number)
        self.tenant_url = f"{settings.CIAM_BASE_URL}/t/{self.way.tenant}"
        self.profile = f"{self.tenant_url}/profile/"
        self.phone = f"+49151{10_000_000 + self.number}"
        self.authenticator, self.app = Authenticator(), App()
        self.customer = Customer()
        self.customer.device, self.customer.prefers = self._answer_of_device, self.way.prefers
        self.customer.corrects = self._has_another_code
        ip = f"198.18.{self.number // 250}.{self.number % 250}"
        self.window = window()
        self.customer.http = browser(self.window, **{"X-Forwarded-For": ip, PERSON: self.email})

    def go(self) -> "SigningUp":
        """Come to the profile; where the answer to the last page was lost, by signing in."""
        try:
            self._go(self.way.page)
        except AssertionError as page:
            # Reloaded, the last page says that it was used already; or the provider's button is there again, whose
            # answer counts once, though what came after it was lost.
            is_there_again = self.way.begins in AT_PROVIDERS and str(page).startswith("0 forms ")
            if not (is_there_again or str(page).startswith("410 ")):
                page.add_note(f"By {self.way}; typed: {self.typed}; mailed: {self.around.tickets_to(self.email)}")
                raise
            self.has_come_again = True
            self.mails_before = len(self.around.tickets_to(self.email))
            self.texts_before = len(self.around.texts_to(self.phone))
            self._go("sign-in")
        return self

    def _go(self, page: str) -> None:
        start = f"{self.tenant_url}/{page}/?flow={self.around.flows[self.way.name]}"
        if self.way.begins in AT_PROVIDERS:
            start = self._at_provider(start)
        elif self.way.begins == BUTTON:
            self._give_address(start)
            start = self._press(self._ticket())
        elif self.way.begins == INVITATION and not self.has_come_again:
            start = self._press(self._ticket())
        answers: dict[str, Answer] = {
            "email": self.email,
            "code": self._type_code,
            "givenName": NAME,
            "password": PASSWORD,
            "number": self.phone,
        }
        if not start.startswith(self.profile):
            self.customer.go(start, until=self.profile, answers=answers)

    def _ticket(self) -> str:
        return self.around.ticket_for(self.email, after=self.mails_before)

    @property
    def may_have_two_codes(self) -> bool:
        """Whether another code may have been mailed: to who came again, or sent the address again after so long that
        they seemed to ask for one.
        """
        return self.has_come_again or self.window.longest > SECONDS_BEFORE_RESEND / 2

    def _has_another_code(self, page: str) -> bool:
        """Whether there is one to type where one was refused: of an app, whose code has grown old while a page didn't
        come; or the second one that was mailed, once.
        """
        if step_on(page) == "code" and self.may_have_two_codes and not self.mails_before:
            self.mails_before = 1
            return True
        return step_on(page) in BY_APP

    def _type_code(self) -> str:
        self.typed.append(self._code())
        return self.typed[-1]

    def _code(self) -> str:
        """The one that the page asks for: of the app, of a text message, or of a mail, whose link may show it on
        another device.
        """
        step = step_on(self.customer.pages[-1])
        if step in BY_APP:
            return self.app.next_code()
        if step in {"phone-setup", "second-sms"}:
            return self.around.text_for(self.phone, after=self.texts_before)
        if not self.way.opens_elsewhere:
            return self._ticket()
        with browser(window()) as other_device:
            shown = SHOWN_CODE.search(other_device.get(self._ticket()).text)
        assert shown
        return shown[1]

    def _answer_of_device(self, page: str) -> Mapping[str, str]:
        """What a page has from scripts and devices: what a puzzle or a widget comes to; or the passkey that it asks
        for, a new one, or the one there is. An app takes the secret that it shows.
        """
        if 'class="key"' in page:
            self.app.scan(page)
        if not self.way.has_scripts:
            return {}
        if 'class="a-captcha"' in page:
            return {"a-captcha-response": FOUND}
        if puzzle := dict(PUZZLE.findall(page)):
            return {"answer": solution(**puzzle)}
        if "data-options=" not in page or self.way.prefers:
            return {}
        options, token = asked_on(page)
        if "rp" in options:
            return {"answer": self.authenticator.make(options), "token": token}
        return {"answer": self.authenticator.show(options), "token": token} if self.authenticator.keys else {}

    def _give_address(self, start: str) -> None:
        page = self.customer.http.get(start, follow_redirects=True)
        self._send(page, form_of(page.text), email=self.email)

    def _press(self, link: str) -> str:
        """Open a link and press its page's button. Returns the address that it leads to."""
        page = self.customer.http.get(link, follow_redirects=True)
        if page.url.path.endswith("/profile/"):
            return str(page.url)
        steps = [form for form in forms_of(page.text) if form.is_step]
        assert page.status_code == 200, f"{page.status_code} at {page.url}:\n{page.text[:2000]}"
        return self._led_to(self._send(page, steps[0]))

    def _led_to(self, answer: httpx.Response) -> str:
        assert answer.is_redirect, f"{answer.status_code} at {answer.url}:\n{answer.text[:2000]}"
        return urljoin(str(answer.url), answer.headers["location"])

    def _send(self, page: httpx.Response, form: Form, **typed: str) -> httpx.Response:
        referer = {"Referer": str(page.url)}
        return self.customer.http.post(
            urljoin(str(page.url), form.action), data={**form.fields, **typed}, headers=referer
        )

    def _at_provider(self, start: str) -> str:
        """Press the provider's button. Returns the address that it leads to: there, or back from a page that posts
        itself, with which no cookie of ours is sent.
        """
        page = self.customer.http.get(start, follow_redirects=True)
        form = next(form for form in forms_of(page.text) if form.action.endswith("/provider/"))
        there = self._led_to(self._send(page, form))
        if self.way.begins != SAML:
            return there
        form = form_of(self.customer.http.get(there).text)
        with browser(window()) as without_cookies:
            return self._led_to(without_cookies.post(form.action, data=form.fields))


def step_on(page: str) -> str:
    """The step that a page's form belongs to."""
    return form_of(page).action.rstrip("/").rpartition("/")[2]


def solution(*, salt: str, digest: str, most: str) -> str:
    """The number behind a puzzle."""
    for number in map(str, range(int(most) + 1)):
        if hashlib.sha256(f"{salt}{number}".encode()).hexdigest() == digest:
            return number
    raise AssertionError(digest)
