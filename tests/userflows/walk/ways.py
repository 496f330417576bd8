"""The table of ways in: by which method and second factor, to sign in or up, on which pages, and what it comes to.

It isn't every combination: each two choices meet at least once, and each way works without scripts where it can. What
can't meet is said below, with the reason. A method or factor that the product gets is missed by a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

from userflows.state import APP, MAIL, PASSKEY, PROVIDER, SIGN_IN, SIGN_UP, SMS

PASSWORD, CODE, LINK, NONE = "password", "code", "link", "none"


@dataclass(frozen=True)
class Way:
    """`pages` are the steps in their order, `amr` what an application is told of the sign-in (RFC 8176)."""

    first: str
    second: str
    goal: str
    scripts: bool
    pages: str
    amr: str

    def __str__(self) -> str:
        return " ".join(self.choices)

    @property
    def verifies_last(self) -> bool:
        """Whether the address is verified after all else was given."""
        return "details code" in self.pages

    @property
    def choices(self) -> tuple[str, str, str, str]:
        """What was chosen, in words."""
        return self.goal, f"by {self.first}", f"and {self.second}", f"{'with' if self.scripts else 'without'} scripts"


ON, OFF = True, False
WAYS = (
    Way(PASSWORD, NONE, SIGN_IN, ON, "address password", "pwd"),
    Way(PASSWORD, NONE, SIGN_UP, OFF, "address code details", "otp"),
    Way(PASSWORD, APP, SIGN_IN, OFF, "address password app-code", "mfa otp pwd"),
    Way(PASSWORD, APP, SIGN_UP, ON, "address code details app-setup recovery-codes", "mfa otp"),
    Way(PASSWORD, MAIL, SIGN_IN, ON, "address password mail-code", "otp pwd"),
    Way(PASSWORD, MAIL, SIGN_UP, OFF, "address code details", "otp"),
    Way(PASSWORD, SMS, SIGN_IN, ON, "address password sms-code", "mfa pwd sms"),
    Way(PASSWORD, SMS, SIGN_UP, OFF, "address details code phone-setup", "otp sms"),
    Way(PASSWORD, PASSKEY, SIGN_IN, ON, "address password passkey-check", "mfa pop pwd"),
    Way(CODE, NONE, SIGN_IN, OFF, "address code", "otp"),
    Way(CODE, NONE, SIGN_UP, ON, "address code details", "otp"),
    Way(CODE, APP, SIGN_IN, ON, "address code app-code", "mfa otp"),
    Way(CODE, SMS, SIGN_UP, ON, "address code details phone-setup", "otp sms"),
    Way(CODE, PASSKEY, SIGN_UP, ON, "address details code passkey-setup", "mfa otp pop"),
    Way(LINK, NONE, SIGN_IN, OFF, "address code open", "otp"),
    Way(LINK, NONE, SIGN_UP, ON, "address details code open", "otp"),
    Way(LINK, APP, SIGN_UP, OFF, "address code open details app-setup recovery-codes", "mfa otp"),
    Way(LINK, SMS, SIGN_IN, ON, "address code open sms-code", "otp sms"),
    Way(LINK, PASSKEY, SIGN_IN, ON, "address code open passkey-check", "mfa otp pop"),
    Way(PASSKEY, NONE, SIGN_IN, ON, "address", "mfa pop"),
    Way(PASSKEY, NONE, SIGN_UP, ON, "address code details passkey-setup", "mfa otp pop"),
    Way(PASSKEY, APP, SIGN_IN, ON, "address", "mfa pop"),
    Way(SMS, NONE, SIGN_IN, OFF, "address password sms", "sms"),
    Way(SMS, APP, SIGN_IN, ON, "address password sms app-code", "mfa otp sms"),
    Way(SMS, MAIL, SIGN_IN, ON, "address password sms mail-code", "otp sms"),
    Way(SMS, PASSKEY, SIGN_IN, ON, "address password sms passkey-check", "mfa pop sms"),
    Way(PROVIDER, NONE, SIGN_IN, ON, "provider", "fed"),
    Way(PROVIDER, NONE, SIGN_UP, OFF, "provider details", "fed"),
    Way(PROVIDER, APP, SIGN_IN, ON, "provider app-code", "fed mfa otp"),
    Way(PROVIDER, MAIL, SIGN_UP, ON, "provider details mail-code", "fed otp"),
    Way(PROVIDER, SMS, SIGN_IN, OFF, "provider sms-code", "fed mfa sms"),
    Way(PROVIDER, PASSKEY, SIGN_UP, ON, "provider details passkey-setup", "fed mfa pop"),
)

ONE_MAILBOX = "Two mails to one mailbox are one factor."
ONE_PHONE = "Two messages to one phone are one factor."
TWO_IN_ONE = "A passkey is two factors; that no other is asked for beside it, one way shows."
BY_SCRIPT = "Browsers show passkeys to scripts alone."
NO_NUMBER = "A phone number is confirmed by somebody who has an account."
IMPOSSIBLE: Mapping[frozenset[str], str] = {
    frozenset({"by code", "and mail"}): ONE_MAILBOX,
    frozenset({"by link", "and mail"}): ONE_MAILBOX,
    frozenset({"by sms", "and sms"}): ONE_PHONE,
    frozenset({"by passkey", "and mail"}): TWO_IN_ONE,
    frozenset({"by passkey", "and sms"}): TWO_IN_ONE,
    frozenset({"by passkey", "and passkey"}): TWO_IN_ONE,
    frozenset({"by passkey", "without scripts"}): BY_SCRIPT,
    frozenset({"and passkey", "without scripts"}): BY_SCRIPT,
    frozenset({"by sms", "sign_up"}): NO_NUMBER,
}


def pairs_walked() -> set[frozenset[str]]:
    """Which two choices meet on a way."""
    return {frozenset(pair) for way in WAYS for pair in combinations(way.choices, 2)}


def all_pairs() -> set[frozenset[str]]:
    """Any two choices about different things."""
    things = [set(chosen) for chosen in zip(*(way.choices for way in WAYS), strict=True)]
    return {frozenset(pair) for one, other in combinations(things, 2) for pair in product(one, other)}
