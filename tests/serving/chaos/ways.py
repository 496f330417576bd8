"""Every way to sign up, a row each: what its user flow has, and what customers do who take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hooks.policies import ACCOUNT, SUBMIT
from userflows.state import ALWAYS, APP, CAPTCHA, PASSKEY, REQUIRE, SMS

# How somebody begins: with their address on the tenant's page; with it, and then by the button behind a mailed link in
# the same browser; by the link of an invitation; or at an identity provider.
ADDRESS, BUTTON, INVITATION, OPENID, SAML = "address", "button", "invitation", "OpenID", "SAML"
AT_PROVIDERS = (OPENID, SAML)


@dataclass(frozen=True)
class Way:
    """`flow` is what is chosen for its user flow, which has passwords unless it says otherwise; a provider stands among
    the methods by the name above. Ways for which the same is chosen share a flow, as a tenant has ten at most; the
    default one, where nothing is. By that comes whoever is invited.

    `page` is the tenant's page at which it begins. `opens_elsewhere`: a mailed link is opened on another device.
    `prefers` is the button to another step that is pressed wherever it stands. `hooks` are moments at which one is
    asked.
    """

    name: str
    flow: Mapping[str, Any] = field(default_factory=dict)
    begins: str = ADDRESS
    page: str = "sign-up"
    tenant: str = "acme"
    has_scripts: bool = True
    opens_elsewhere: bool = False
    prefers: str = ""
    hooks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_texted(self) -> bool:
        """Whether a phone number is confirmed on it."""
        return SMS in self.flow.get("factors", ())


def _and(*factors: str) -> dict[str, Any]:
    return {"second_factor": ALWAYS, "factors": factors}


WAYS = (
    Way("password"),
    Way("invitation", begins=INVITATION),
    Way("address verified last", {"verifies_last": True}),
    Way("code", {"methods": ("code",)}),
    Way("code, by signing in", {"methods": ("code",)}, page="sign-in"),
    Way("link on another device", {"methods": ("link",)}, opens_elsewhere=True),
    Way("button of a link", {"methods": ("link",)}, begins=BUTTON),
    Way("passkey", {"methods": ("passkey", "code"), "asks_passkey": REQUIRE}),
    Way("text message", _and(SMS)),
    Way("app", _and(APP)),
    Way("OpenID provider", {"methods": (OPENID,)}, begins=OPENID),
    Way("SAML provider", {"methods": (SAML,)}, begins=SAML),
    Way("hooks", {"methods": ("password",)}, hooks=(SUBMIT, ACCOUNT)),
    # The codes of this tenant, by mail and by text message, a hook sends.
    Way("codes of a hook", _and(SMS), tenant="globex"),
    Way("app rather than a passkey", _and(PASSKEY, APP), tenant="globex", prefers="set-up-app"),
    Way("puzzle", {"human_check": ALWAYS}, tenant="globex"),
    Way("puzzle, without scripts", {"human_check": ALWAYS}, tenant="globex", has_scripts=False),
    Way("CAPTCHA", {"human_check": ALWAYS, "human_by": CAPTCHA}, tenant="globex"),
)


def way_of(number: int) -> Way:
    """The way that the customer of this number takes."""
    return WAYS[number % len(WAYS)]
