"""Every way to sign up, for customers whose browsers reload what doesn't come; and the servers that they need.

The mail server, the SMS provider and the identity provider never fail: what is to be lost, the product would lose. The
server that hooks ask gives no good answer now and then.
"""

import base64
import http.server
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import jwt
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django_tenants.utils import tenant_context

from applications.services.registration import register_application
from audit.services import Actor
from common.database.caches import forget_everything
from hooks.description import HookDescription
from hooks.policies import ACCOUNT, MAIL, SUBMIT, TEXT
from hooks.services import create_hook
from providers.services import create_provider
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.clients.customer import Answer, Customer, Form, form_of, forms_of
from tests.hooks.receiver import GO_ON, Answered, Asked, receiver
from tests.providers.conftest import USUAL
from tests.providers.elsewhere import CLIENT_ID, KEY, SECRET, jwk
from tests.serving.conftest import free_port
from tests.sms.provider import Provider as SmsProvider
from tests.sms.provider import sms_provider
from tests.userflows.factors.authenticator import Authenticator, asked_on
from tests.waiting import until
from userflows.flows.services import create_user_flow
from userflows.links.services import invite_customer
from userflows.models import UserFlow
from userflows.state import ALWAYS, REQUIRE, SMS, method_of_provider

COMMAND = Actor.command()
PATIENCE = 60.0
"""Seconds for which somebody reloads a page that doesn't come, or waits for a mail."""

RELOADS_AFTER = 0.3
FAILS_ONE_IN = 6
PERSON = "X-Person"
CODE, LINK = re.compile(r"^\d{6}"), re.compile(r"https?://\S+/(?:open|link)/\S+/")
SHOWN_CODE = re.compile(r'shown-code" dir="ltr">(\d{6})<')
BY_PASSWORD, BY_CODE, BY_TEXT, BY_PROVIDER, BY_HOOKS = "password", "code", "text", "provider", "hooks"
# A link that is opened on another device, or by its button in the browser that asked for it.
BY_LINK, BY_BUTTON = "link", "button"
BY_INVITATION, BY_PASSKEY = "invitation", "passkey"
# Where all details are given before the address is verified.
VERIFIED_LAST = "verified last"
# At the tenant whose codes, by mail and by text message, a hook sends.
BY_CODES_OF_A_HOOK = "codes of a hook"
WAYS = (
    *(BY_PASSWORD, BY_CODE, BY_LINK, BY_TEXT, BY_PROVIDER, BY_HOOKS),
    *(BY_BUTTON, BY_INVITATION, BY_PASSKEY, BY_CODES_OF_A_HOOK, VERIFIED_LAST),
)


@dataclass
class Mailbox:
    """The mail server: what it has acknowledged, by Message-ID, and codes and links for each address, newest last."""

    taken: Counter[str] = field(default_factory=Counter)
    tickets: dict[str, list[str]] = field(default_factory=dict)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken[str(mail["Message-ID"])] += 1
        text = mail.get_body(("plain",))
        found = CODE.search(str(mail["Subject"])) or LINK.search(text.get_content() if text else "")
        if found:
            self.tickets.setdefault(envelope.rcpt_tos[0], []).append(found[0])
        return "250 taken"

    def ticket_for(self, address: str, *, after: int = 0) -> str:
        """The newest code or link, as soon as there are more than so many. Nobody asks for another."""
        until(lambda: len(self.tickets.get(address, [])) > after, otherwise=f"No mail has come to {address}")
        return self.tickets[address][-1]


class IdentityProvider(http.server.ThreadingHTTPServer):
    """An OpenID provider that lets in whoever comes, as the person that their browser names in a header."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _AtProvider)
        self.issuer = f"http://127.0.0.1:{self.server_port}"


class _AtProvider(http.server.BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        issuer, parts = self.server.issuer, urlsplit(self.path)
        if parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            person = {"email": self.headers[PERSON], "nonce": asked["nonce"]}
            code = base64.urlsafe_b64encode(json.dumps(person).encode()).decode().rstrip("=")
            self.send_response(302)
            query = f"code={code}&state={asked['state']}&iss={issuer}"
            self.send_header("Location", f"{asked['redirect_uri']}?{query}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        published = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }
        self._say({"keys": [jwk(KEY, "one")]} if parts.path == "/keys" else published)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        code = form["code"][0]
        person = json.loads(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
        now, email = int(time.time()), person["email"]
        claims = {"iss": self.server.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": person["nonce"]}
        claims |= {"sub": email, "email": email, "email_verified": True, "given_name": "Carla"}
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _say(self, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Reloading(httpx.HTTPTransport):
    """Does what people do at a page that doesn't come: reload it, forms included."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        deadline = time.monotonic() + PATIENCE
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


@dataclass
class Elsewhere:
    """The servers around the product, and the user flow of each way, by its ID."""

    mailbox: Mailbox
    mail_url: str
    texts: SmsProvider
    flows: Mapping[str, str]

    def text_for(self, number: str, *, after: int = 0) -> str:
        """The code of the newest text message to this number, as soon as there are more than these many."""
        until(lambda: len(self.texts_to(number)) > after, otherwise=f"No text message has come to {number}")
        return self.texts_to(number)[-1]

    def texts_to(self, number: str) -> list[str]:
        """The codes that were texted to this number, in order."""
        asked = [json.loads(each.body) for each in list(self.texts.asked)]
        ours = [each["text"][:6] for each in asked if each["to"] == number]
        return ours + self.mailbox.tickets.get(number, [])


@contextmanager
def elsewhere(acme: Tenant, globex: Tenant, *, people: int) -> Iterator[Elsewhere]:
    """The servers, as long as the block lasts; and a user flow for each way. Those of so many people who come by an
    invitation are invited.
    """
    mailbox = Mailbox()
    with ExitStack() as cleanup:
        post = Controller(mailbox, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
        post.start()
        cleanup.callback(post.stop)
        texts, asked = cleanup.enter_context(sms_provider()), cleanup.enter_context(receiver())
        asked.behave = partial(now_and_then, mailbox)
        provider = IdentityProvider()
        threading.Thread(target=provider.serve_forever, args=(0.05,), daemon=True).start()
        cleanup.callback(provider.server_close)
        cleanup.callback(provider.shutdown)
        flows = set_up(acme, texts.url, provider.issuer, asked.url) | set_up_codes(globex, texts.url, asked.url)
        invite(acme, people)
        forget_everything()
        yield Elsewhere(mailbox, f"smtp://127.0.0.1:{post.port}", texts, flows)


def now_and_then(mailbox: Mailbox, asked: Asked) -> Answered:
    """A hook's answer: mostly a good one. Whoever shall get a code has it then."""
    if not random.randrange(FAILS_ONE_IN):  # noqa: S311 - no secret
        return Answered(status=500)
    if told := asked.data.get("otpContext"):
        mailbox.tickets.setdefault(told["identifier"], []).append(told["oneTimeCode"])
    return GO_ON


def set_up(acme: Tenant, texts_url: str, issuer: str, hook_url: str) -> dict[str, str]:
    """Give acme a user flow for each way, and what it needs; returns their IDs."""
    with tenant_context(acme):
        send_texts_by(texts_url)
        provider = create_provider(replace(USUAL, issuer=issuer), secret=SECRET, actor=COMMAND)
        told: dict[str, dict[str, Any]] = {
            BY_PASSWORD: {"methods": ("password",)},
            BY_CODE: {"methods": ("code",)},
            BY_LINK: {"methods": ("link",)},
            BY_BUTTON: {"methods": ("link",)},
            BY_TEXT: {"methods": ("password",), "second_factor": ALWAYS, "factors": (SMS,)},
            BY_PASSKEY: {"methods": ("passkey", "code"), "asks_passkey": REQUIRE},
            BY_PROVIDER: {"methods": (method_of_provider(provider.pk),)},
            BY_HOOKS: {"methods": ("password",)},
            VERIFIED_LAST: {"methods": ("password",), "verifies_last": True},
        }
        flows = {way: flow_in_use(way, chosen) for way, chosen in told.items()}
        for moment in (SUBMIT, ACCOUNT):
            hook = HookDescription(
                moment=moment, name=moment, url=hook_url, serves=(flows[BY_HOOKS],), on_failure="stop"
            )
            create_hook(hook, actor=COMMAND)
        return {**flows, BY_INVITATION: str(UserFlow.objects.get(is_default=True).pk)}


def set_up_codes(globex: Tenant, texts_url: str, hook_url: str) -> dict[str, str]:
    """Have globex's codes sent by a hook, or by itself where that gives no good answer; returns its flow's ID."""
    with tenant_context(globex):
        send_texts_by(texts_url)
        for moment in (MAIL, TEXT):
            create_hook(HookDescription(moment=moment, name=moment, url=hook_url, on_failure="continue"), actor=COMMAND)
        asks = {"methods": ("password",), "second_factor": ALWAYS, "factors": (SMS,)}
        return {BY_CODES_OF_A_HOOK: flow_in_use(BY_CODES_OF_A_HOOK, asks)}


def flow_in_use(name: str, chosen: Mapping[str, Any]) -> str:
    """A user flow that an application uses, as nobody signs up by another; returns its ID."""
    flow = create_user_flow(name=name, actor=COMMAND, **chosen)
    register_application(name=name, kind="spa", user_flow=flow.pk, actor=COMMAND)
    return str(flow.pk)


def send_texts_by(url: str) -> None:
    """Let the current tenant send text messages by the SMS provider there."""
    sender = TextDescription(
        sender="http",
        url=url,
        body='{"to": "{to}", "text": "{text}"}',
        countries=("DE",),
        per_hour=100_000,
        per_day=100_000,
        per_country=100_000,
    )
    choose_sender(sender, actor=COMMAND)


def invite(acme: Tenant, people: int) -> None:
    """Invite those of so many who come by an invitation."""
    with tenant_context(acme):
        for number in range(people):
            if way_of(number) == BY_INVITATION:
                invite_customer(email=email_of(number), attributes={}, actor=COMMAND)


def way_of(number: int) -> str:
    """The way that the customer of this number takes."""
    return WAYS[number % len(WAYS)]


def email_of(number: int) -> str:
    """The address of the customer of this number."""
    return f"customer{number}@example.com"


@dataclass
class SigningUp:
    """One customer on their way, with a browser, a device and a place on the network of their own."""

    number: int
    around: Elsewhere
    has_come_again: bool = False

    def __post_init__(self) -> None:
        self.way, self.email = way_of(self.number), email_of(self.number)
        tenant = "globex" if self.way == BY_CODES_OF_A_HOOK else "acme"
        self.tenant_url = f"{settings.CIAM_BASE_URL}/t/{tenant}"
        self.phone = f"+49151{10_000_000 + self.number}"
        self.has_given_number, self.texts_before = False, 0
        self.authenticator = Authenticator()
        self.customer = Customer()
        self.customer.device = self._answer_of_device
        self.customer.http = httpx.Client(
            transport=Reloading(limits=httpx.Limits(max_keepalive_connections=0)),
            timeout=30,
            headers={"X-Forwarded-For": f"198.18.{self.number // 250}.{self.number % 250}", PERSON: self.email},
        )

    def go(self) -> "SigningUp":
        """Come to the profile; where the answer to the last page was lost, by signing in."""
        try:
            self._go("sign-up")
        except AssertionError as page:
            # Reloaded, the last page says that it was used already; or the provider's button is there again, whose
            # answer counts once, though what came after it was lost.
            if not str(page).startswith(("410 ", "0 forms ") if self.way == BY_PROVIDER else "410 "):
                raise
            self.has_come_again = True
            self.texts_before = len(self.around.texts_to(self.phone))
            self._go("sign-in", after=len(self.around.mailbox.tickets.get(self.email, [])))
        return self

    def _go(self, page: str, *, after: int = 0) -> None:
        start = f"{self.tenant_url}/{page}/?flow={self.around.flows[self.way]}"
        answers: dict[str, Answer] = {
            "email": self.email,
            "code": lambda: self._code(after),
            "givenName": "Carla",
            "password": PASSWORD,
            "number": self._number,
        }
        profile = f"{self.tenant_url}/profile/"
        if self.way == BY_PROVIDER:
            start = self._at_provider(start)
        elif self.way == BY_BUTTON:
            self._give_address(start)
            start = self._press(self.around.mailbox.ticket_for(self.email, after=after))
        elif self.way == BY_INVITATION and page == "sign-up":
            start = self._press(self.around.mailbox.ticket_for(self.email))
        if not start.startswith(profile):
            self.customer.go(start, until=profile, answers=answers)

    def _number(self) -> str:
        self.has_given_number = True
        return self.phone

    def _code(self, after: int) -> str:
        """That of a text message, once the number was given; or of a mail, whose link shows it on another device."""
        if self.has_given_number:
            return self.around.text_for(self.phone, after=self.texts_before)
        ticket = self.around.mailbox.ticket_for(self.email, after=after)
        if self.way != BY_LINK:
            return ticket
        with httpx.Client(transport=Reloading(), timeout=30) as other_device:
            shown = SHOWN_CODE.search(other_device.get(ticket).text)
        assert shown
        return shown[1]

    def _answer_of_device(self, page: str) -> Mapping[str, str]:
        """The passkey that a page asks for: a new one, or the one there is."""
        if "data-options=" not in page:
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
        answer = self._send(page, steps[0])
        assert answer.is_redirect, f"{answer.status_code} at {answer.url}:\n{answer.text[:2000]}"
        return urljoin(str(page.url), answer.headers["location"])

    def _send(self, page: httpx.Response, form: Form, **typed: str) -> httpx.Response:
        referer = {"Referer": str(page.url)}
        return self.customer.http.post(
            urljoin(str(page.url), form.action), data={**form.fields, **typed}, headers=referer
        )

    def _at_provider(self, start: str) -> str:
        """Press the provider's button. Returns the address that it leads to."""
        page = self.customer.http.get(start, follow_redirects=True)
        form = next(form for form in forms_of(page.text) if form.action.endswith("/provider/"))
        return self._send(page, form).headers["location"]
