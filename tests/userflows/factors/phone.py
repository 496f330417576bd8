"""A customer's phone: its authenticator app, whose clock tests move on, so that nobody waits for the next code."""

import re
from base64 import b32decode

from django_tenants.utils import tenant_context

from accounts.factors.services import add_app
from accounts.factors.totp import SECONDS, code_at, step_at
from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from tenants.models import Tenant


class Clock:
    """What the product takes for the time of codes."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Phone:
    """An authenticator app that knows one secret. `recovery_codes` are those written down beside it."""

    def __init__(self, clock: Clock, secret: bytes = b"") -> None:
        self.clock, self.secret = clock, secret
        self.recovery_codes: list[str] = []

    def scan(self, page: str) -> None:
        """Take the secret from the page that shows it."""
        found = re.search(r'<p class="key" dir="ltr"><code>([A-Z2-7 ]+)</code>', page)
        assert found
        self.secret = b32decode(found[1].replace(" ", ""))

    def write_down(self, page: str) -> None:
        """Take the recovery codes from the page that shows them."""
        self.recovery_codes = re.findall(r"<li><code>([0-9A-Z]{5}-[0-9A-Z]{5})</code></li>", page)
        assert len(self.recovery_codes) == 10

    @property
    def code(self) -> str:
        """What the app shows now."""
        return code_at(self.secret, step_at(self.clock.seconds))

    def next_code(self) -> str:
        """What it shows half a minute later."""
        self.clock.seconds += SECONDS
        return self.code


def with_phone(tenant: Tenant, account: Account, clock: Clock) -> Phone:
    """The account has an app, which was set up a while ago."""
    phone = Phone(clock, b"twenty bytes of them")
    with tenant_context(tenant):
        owner = Account.objects.get(pk=account.pk)
        phone.recovery_codes = add_app(
            owner, secret=phone.secret, code=phone.code, replaces=False, actor=actor_of(owner)
        )
    return phone
