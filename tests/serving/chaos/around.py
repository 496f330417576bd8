"""The servers around the product, and a user flow for each way.

The mail server, the SMS provider and the identity providers never fail: what is to be lost, the product would lose.
The servers that hooks and the CAPTCHA ask give no good answer now and then.
"""

import base64
import http.server
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from functools import partial
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django_tenants.utils import tenant_context

from applications.services.registration import register_application
from audit.services import Actor
from captcha.services import choose_captcha
from common.database.caches import forget_everything
from hooks.description import HookDescription
from hooks.policies import MAIL, MOST_MILLISECONDS, TEXT
from hooks.services import create_hook
from providers.services import create_provider
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.captcha.provider import SECRET as CAPTCHA_SECRET
from tests.captcha.provider import Provider as Captcha
from tests.captcha.provider import captcha_provider
from tests.hooks.receiver import GO_ON, Answered, Asked, receiver
from tests.providers import saml
from tests.providers.conftest import BY_SAML, USUAL
from tests.providers.elsewhere import CLIENT_ID, KEY, SECRET, jwk
from tests.serving.chaos.ways import INVITATION, OPENID, SAML, WAYS, way_of
from tests.serving.conftest import free_port
from tests.sms.provider import Provider as SmsProvider
from tests.sms.provider import sms_provider
from tests.waiting import until
from userflows.flows.services import create_user_flow
from userflows.links.services import invite_customer
from userflows.models import UserFlow
from userflows.state import method_of_provider

COMMAND = Actor.command()
PATIENCE = 600.0
"""Seconds for which somebody waits for a mail, or reloads a page that doesn't come: as long as a code is good. A hook
that has failed often rests for half as long.
"""

FAILS_ONE_IN = 6
PERSON = "X-Person"
NAME = "Carla"
CODE, LINK = re.compile(r"^\d{6}"), re.compile(r"https?://\S+/(?:open|link)/\S+/")


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


class IdentityProvider(http.server.ThreadingHTTPServer):
    """One that speaks OpenID Connect and SAML, and lets in whoever comes, as the person that their browser names in a
    header.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _AtProvider)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.metadata = saml.Provider().metadata(location=f"{self.issuer}/saml")


class _AtProvider(http.server.BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        issuer, path = self.server.issuer, urlsplit(self.path).path
        if path == "/authorize":
            self._send_back()
        elif path == "/saml":
            self._show_form()
        elif path == "/keys":
            self._say({"keys": [jwk(KEY, "one")]})
        else:
            published = {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "authorization_response_iss_parameter_supported": True,
            }
            self._say(published)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        code = form["code"][0]
        person = json.loads(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
        now, email = int(time.time()), person["email"]
        claims = {"iss": self.server.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": person["nonce"]}
        claims |= {"sub": email, "email": email, "email_verified": True, "given_name": NAME}
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "one"})
        self._say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _send_back(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        person = {"email": self.headers[PERSON], "nonce": asked["nonce"]}
        code = base64.urlsafe_b64encode(json.dumps(person).encode()).decode().rstrip("=")
        query = f"code={code}&state={asked['state']}&iss={self.server.issuer}"
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _show_form(self) -> None:
        """The page that posts what was asserted."""
        email = str(self.headers[PERSON])
        speaker = saml.Provider(attributes={"mail": [email], "givenName": [NAME]})
        speaker.arrive(f"{saml.SIGN_IN}?{urlsplit(self.path).query}")
        _path, form = speaker.posts(speaker.response(subject=email))
        inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(form[name])}">' for name in form)
        page = f'<form class="step" method="post" action="{speaker.place}">{inputs}<button>Go on</button></form>'
        self._answer(page.encode(), "text/html")

    def _say(self, said: Any) -> None:
        self._answer(json.dumps(said).encode(), "application/json")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class NowAndThen(Captcha):
    """A CAPTCHA provider that gives no answer now and then: puzzles are solved in its place."""

    def answer_to(self, form: dict[str, str]) -> Any:
        return "nothing" if fails() else super().answer_to(form)


@dataclass
class Elsewhere:
    """The servers around the product, and the user flow of each way, by its ID."""

    mailbox: Mailbox
    mail_url: str
    texts: SmsProvider
    flows: Mapping[str, str]

    def ticket_for(self, address: str, *, after: int = 0) -> str:
        """The newest code or link, as soon as there are more than so many. Nobody asks for another."""
        return self._newest(partial(self.tickets_to, address), after, otherwise=f"No mail has come to {address}")

    def text_for(self, number: str, *, after: int = 0) -> str:
        """The same of text messages."""
        return self._newest(partial(self.texts_to, number), after, otherwise=f"No text message has come to {number}")

    def tickets_to(self, address: str) -> list[str]:
        """The codes and links that were mailed there, in order."""
        return self.mailbox.tickets.get(address, [])

    def texts_to(self, number: str) -> list[str]:
        """The codes that were texted to this number, in order."""
        asked = [json.loads(each.body) for each in list(self.texts.asked)]
        ours = [each["text"][:6] for each in asked if each["to"] == number]
        return ours + self.mailbox.tickets.get(number, [])

    def _newest(self, come: Callable[[], list[str]], after: int, *, otherwise: str) -> str:
        until(lambda: len(come()) > after, otherwise=otherwise, seconds=PATIENCE)
        return come()[-1]


def fails() -> bool:
    """Whether it is now that a server gives no good answer."""
    return not random.randrange(FAILS_ONE_IN)  # noqa: S311 - no secret


def answer_of_hook(mailbox: Mailbox, asked: Asked) -> Answered:
    """Mostly a good one. Whoever shall get a code has it then."""
    if fails():
        return Answered(status=500)
    if told := asked.data.get("otpContext"):
        mailbox.tickets.setdefault(told["identifier"], []).append(told["oneTimeCode"])
    return GO_ON


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
        asked.behave = partial(answer_of_hook, mailbox)
        captcha = cleanup.enter_context(captcha_provider(NowAndThen()))
        provider = IdentityProvider()
        threading.Thread(target=provider.serve_forever, args=(0.05,), daemon=True).start()
        cleanup.callback(provider.server_close)
        cleanup.callback(provider.shutdown)
        flows: dict[str, str] = {}
        for tenant in (acme, globex):
            with tenant_context(tenant):
                send_texts_by(texts.url)
                choose_captcha(captcha.description, secret=CAPTCHA_SECRET, actor=COMMAND)
                flows |= set_up(tenant.slug, identities_from(provider), asked.url)
        with tenant_context(globex):
            for moment in (MAIL, TEXT):
                add_hook(moment, asked.url, on_failure="continue")
        with tenant_context(acme):
            invite(people)
        forget_everything()
        yield Elsewhere(mailbox, f"smtp://127.0.0.1:{post.port}", texts, flows)


def identities_from(server: IdentityProvider) -> dict[str, str]:
    """Set the provider up for the current tenant; returns its methods by what they are called in the table of ways."""
    by_openid = create_provider(replace(USUAL, issuer=server.issuer), secret=SECRET, actor=COMMAND)
    by_saml = create_provider(replace(BY_SAML, name="SAML", metadata_url="", metadata=server.metadata), actor=COMMAND)
    return {OPENID: method_of_provider(by_openid.pk), SAML: method_of_provider(by_saml.pk)}


def set_up(tenant: str, identities: Mapping[str, str], hook_url: str) -> dict[str, str]:
    """Give the current tenant the user flows of its ways; returns their IDs by the names of the ways."""
    flows: dict[str, str] = {}
    made: dict[tuple[Any, ...], str] = {(): str(UserFlow.objects.get(is_default=True).pk)}
    for way in (way for way in WAYS if way.tenant == tenant):
        chosen = tuple(way.flow.items())
        if chosen not in made:
            methods = [identities.get(method, method) for method in way.flow.get("methods", ("password",))]
            made[chosen] = flow_in_use(way.name, {**way.flow, "methods": methods})
        flows[way.name] = made[chosen]
        for moment in way.hooks:
            add_hook(moment, hook_url, flows[way.name], on_failure="stop")
    return flows


def flow_in_use(name: str, chosen: Mapping[str, Any]) -> str:
    """A user flow that an application uses, as nobody signs up by another; returns its ID."""
    flow = create_user_flow(name=name, actor=COMMAND, **chosen)
    register_application(name=name, kind="spa", user_flow=flow.pk, actor=COMMAND)
    return str(flow.pk)


def add_hook(moment: str, url: str, *serves: str, on_failure: str) -> None:
    """Have the server there asked at this moment, with all the time that it may have."""
    hook = HookDescription(
        moment=moment, name=moment, url=url, serves=serves, on_failure=on_failure, timeout_ms=MOST_MILLISECONDS
    )
    create_hook(hook, actor=COMMAND)


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


def invite(people: int) -> None:
    """Invite those of so many who come by an invitation."""
    for number in range(people):
        if way_of(number).begins == INVITATION:
            invite_customer(email=email_of(number), attributes={}, actor=COMMAND)


def email_of(number: int) -> str:
    """The address of the customer of this number."""
    return f"customer{number}@example.com"
