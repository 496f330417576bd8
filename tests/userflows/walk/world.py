"""What all who walk find: acme as a server shows it, one window with scripts and one without, and two providers.

It is made once for the table: a row chooses what the flow offers, and has a customer of its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.conf import settings
from django.http import HttpRequest
from django_tenants.utils import tenant_context
from playwright.sync_api import BrowserContext, Page

from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import actor_of, create_account, update_profile
from accounts.models import Account, Session
from audit.services import Actor
from common.web.limits import Attempts, Limit, from_network
from common.web.outgoing import HttpAnswer
from providers.models import IdentityProvider, LinkedIdentity
from providers.relying_party import fetched
from providers.services import create_provider
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.cast import PASSWORD, tenant_named
from tests.live import live
from tests.providers.conftest import USUAL
from tests.providers.elsewhere import SECRET, Elsewhere
from tests.providers.people import CAROL, NINA
from tests.providers.site import site_of
from tests.real_browser import real_browser
from tests.screens import PHONE
from tests.userflows.factors.authenticator import UP, UV, Authenticator, Key, with_passkey
from tests.userflows.factors.phone import Clock, Phone, with_phone
from tests.userflows.walk.ways import BEYOND, Way
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts import limits
from userflows.models import UserFlow
from userflows.sessions.signed_in import facts_of
from userflows.state import APP, NEVER, OFFER, PASSKEY, PROVIDER, SIGN_UP, SMS, method_of_provider

COMMAND = Actor.command()
PROVIDERS = {PROVIDER: "Elsewhere", BEYOND: "Beyond"}
_numbers = count(1)


@dataclass
class Walking:
    """A customer with all they have with them: an app, set up or not, and a passkey if there is one.

    `name` is what they type where an address is asked for.
    """

    email: str
    name: str
    number: str
    app: Phone
    key: Key | None = None


@dataclass
class World:
    """`sites` are the providers, by the method; `windows` those that are open, by whether scripts run in them."""

    acme: Tenant
    sites: dict[str, Elsewhere]
    clock: Clock = field(default_factory=Clock)
    providers: dict[str, IdentityProvider] = field(default_factory=dict)
    windows: dict[bool, BrowserContext] = field(default_factory=dict)

    def found(self) -> None:
        """Set up what each flow may offer."""
        with tenant_context(self.acme):
            choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=COMMAND)
            for method, site in self.sites.items():
                wished = replace(USUAL, name=PROVIDERS[method], issuer=site.issuer)
                self.providers[method] = create_provider(wished, secret=SECRET, actor=COMMAND)

    def call(self, url: str, **how: Any) -> HttpAnswer:
        """What the product asks one of the providers."""
        return next(site for site in self.sites.values() if url.startswith(site.issuer)).call(url, **how)

    def window(self, *, has_scripts: bool) -> Page:
        """A window in which nobody was signed in. What a page needs beside itself is there from the last time."""
        if has_scripts not in self.windows:
            self.windows[has_scripts] = real_browser.started().new_context(
                base_url=settings.CIAM_BASE_URL, locale="en", viewport=PHONE, java_script_enabled=has_scripts
            )
        context = self.windows[has_scripts]
        context.clear_cookies()
        return context.pages[0] if context.pages else context.new_page()

    def set_up(self, way: Way) -> Walking:
        """Have acme's flow offer this way, and a customer have what is shown on it."""
        with tenant_context(self.acme):
            change_user_flow(
                UserFlow.objects.get(is_default=True),
                methods=[self._method(method) for method in way.offered],
                verifies_last=way.verifies_last,
                second_factor=way.asks,
                factors=way.second_factors,
                asks_passkey=OFFER if PASSKEY in {way.first, way.second} else NEVER,
                takes_user_names=way.by_user_name,
                actor=COMMAND,
            )
        return self._without_account() if way.goal == SIGN_UP else self._with_account(way)

    def _method(self, method: str) -> str:
        return method_of_provider(self.providers[method].pk) if method in self.providers else method

    def _without_account(self) -> Walking:
        number = next(_numbers)
        person = {**NINA, "sub": f"nina-{number}", "email": f"nina{number}@new.example"}
        self._is_elsewhere(person)
        return Walking(str(person["email"]), str(person["email"]), _phone_number(number), Phone(self.clock))

    def _with_account(self, way: Way) -> Walking:
        number = next(_numbers)
        person = {**CAROL, "sub": f"carol-{number}", "email": f"carol{number}@acme.example"}
        self._is_elsewhere(person)
        walking = Walking(str(person["email"]), str(person["email"]), _phone_number(number), Phone(self.clock))
        with tenant_context(self.acme):
            attributes = {"givenName": "Carol"}
            account = create_account(
                email=walking.email, password=PASSWORD, attributes=attributes, email_verified=True, actor=COMMAND
            )
            if way.by_user_name:
                walking.name = f"cc.{number}"
                update_profile(account, attributes={"preferred_username": walking.name}, actor=COMMAND)
            if way.first in self.providers:
                provider = self.providers[way.first]
                LinkedIdentity.objects.create(
                    provider=provider, issuer=provider.issuer, subject=str(person["sub"]), account_id=account.pk
                )
            if SMS in {way.first, *way.second_factors}:
                set_phone(account, number=walking.number, actor=actor_of(account))
        if way.second == APP and way.first != PASSKEY:
            walking.app = with_phone(self.acme, account, self.clock)
        if PASSKEY in {way.first, way.second}:
            # One of this kind keeps its keys to itself, as the one that Chromium plays.
            authenticator = Authenticator(flags=UP | UV)
            with_passkey(self.acme, account, authenticator)
            walking.key = authenticator.keys["localhost"][0]
        return walking

    def _is_elsewhere(self, person: dict[str, Any]) -> None:
        for site in self.sites.values():
            site.person = person

    def amr_of(self, email: str) -> str:
        """What an application would be told of the newest sign-in of whoever has this address."""
        with tenant_context(self.acme):
            account = Account.objects.with_email(email).get()
            session = Session.objects.of_account(account.pk).latest("created_at")
            return " ".join(facts_of(cast(HttpRequest, SimpleNamespace(session=session.data, user=account))).amr)


def _from_busy_network(limit: Limit, ip: str, *whose: str) -> Attempts:
    """More people walk than usually come from one address of the network within the hour."""
    return from_network(replace(limit, attempts=10 * limit.attempts), ip, *whose)


def _phone_number(number: int) -> str:
    return f"+49151123{number:05}"


@contextmanager
def opened() -> Iterator[World]:
    """While it lasts, the product answers. The run's database has to be made anew afterwards."""
    with ExitStack() as running, pytest.MonkeyPatch.context() as patch:
        # Beside its loop Django has another connection.
        real_browser.started()
        world = World(tenant_named("acme"), {method: Elsewhere() for method in PROVIDERS})
        for site in world.sites.values():
            running.enter_context(site_of(site))
        patch.setattr(fetched, "call", world.call)
        patch.setattr("accounts.factors.services.now", world.clock)
        patch.setattr(limits, "from_network", _from_busy_network)
        running.callback(fetched.forget_documents)
        running.enter_context(live())
        world.found()
        yield world
        for window in world.windows.values():
            window.close()
