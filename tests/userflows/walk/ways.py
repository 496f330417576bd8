"""The table of ways in: by which method and second factor, to sign in or up, on which pages, and what it comes to.

Each method meets each second factor on either errand, and each works without scripts where it can. What can't meet is
said below, with the reason. A method or factor that the product gets is missed by a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product

from userflows.state import APP, MAIL, PASSKEY, PROVIDER, SIGN_IN, SIGN_UP, SMS

PASSWORD, CODE, LINK, NONE = "password", "code", "link", "none"
# A second provider.
BEYOND = f"{PROVIDER} beyond"
# A flow offers a message to a phone beside something else alone.
OFFERED = {SMS: (PASSWORD, SMS)}
EVERYTHING = (PASSWORD, CODE, LINK, PASSKEY, SMS, PROVIDER, BEYOND)


@dataclass(frozen=True)
class Way:
    """`pages` are the steps in their order, `amr` what an application is told of the sign-in (RFC 8176).

    `before` are the methods that were meant at first, one after the other, where the flow `offers` them.
    """

    first: str
    second: str
    goal: str
    scripts: bool
    pages: str
    amr: str
    offers: tuple[str, ...] = ()
    before: str = ""
    by_user_name: bool = False

    def __str__(self) -> str:
        named = ["by user name"] if self.by_user_name else []
        minds = ["of all", f"after {self.before}"] if self.before else ["of all"] if self.offers else []
        return " ".join([*self.choices, *named, *minds])

    @property
    def offered(self) -> tuple[str, ...]:
        """All that the flow offers."""
        return self.offers or OFFERED.get(self.first, (self.first,))

    @property
    def verifies_last(self) -> bool:
        """Whether the address is verified after all else was given."""
        return "details code" in self.pages

    @property
    def choices(self) -> tuple[str, str, str, str]:
        """What was chosen, in words."""
        method = self.first.partition(" ")[0]
        return self.goal, f"by {method}", f"and {self.second}", f"{'with' if self.scripts else 'without'} scripts"


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
    Way(PASSWORD, PASSKEY, SIGN_UP, ON, "address code details passkey-setup", "mfa otp pop"),
    Way(CODE, NONE, SIGN_IN, OFF, "address code", "otp"),
    Way(CODE, NONE, SIGN_UP, ON, "address code details", "otp"),
    Way(CODE, APP, SIGN_IN, ON, "address code app-code", "mfa otp"),
    Way(CODE, APP, SIGN_UP, OFF, "address code details app-setup recovery-codes", "mfa otp"),
    Way(CODE, SMS, SIGN_IN, OFF, "address code sms-code", "otp sms"),
    Way(CODE, SMS, SIGN_UP, ON, "address code details phone-setup", "otp sms"),
    Way(CODE, PASSKEY, SIGN_IN, ON, "address code passkey-check", "mfa otp pop"),
    Way(CODE, PASSKEY, SIGN_UP, ON, "address details code passkey-setup", "mfa otp pop"),
    Way(LINK, NONE, SIGN_IN, OFF, "address code open", "otp"),
    Way(LINK, NONE, SIGN_UP, ON, "address details code open", "otp"),
    Way(LINK, APP, SIGN_IN, OFF, "address code open app-code", "mfa otp"),
    Way(LINK, APP, SIGN_UP, OFF, "address code open details app-setup recovery-codes", "mfa otp"),
    Way(LINK, SMS, SIGN_IN, ON, "address code open sms-code", "otp sms"),
    Way(LINK, SMS, SIGN_UP, OFF, "address code open details phone-setup", "otp sms"),
    Way(LINK, PASSKEY, SIGN_IN, ON, "address code open passkey-check", "mfa otp pop"),
    Way(LINK, PASSKEY, SIGN_UP, ON, "address details code open passkey-setup", "mfa otp pop"),
    Way(PASSKEY, NONE, SIGN_IN, ON, "address", "mfa pop"),
    Way(PASSKEY, NONE, SIGN_UP, ON, "address code details passkey-setup", "mfa otp pop"),
    Way(PASSKEY, APP, SIGN_IN, ON, "address", "mfa pop"),
    Way(PASSKEY, APP, SIGN_UP, ON, "address code details passkey-setup", "mfa otp pop"),
    Way(SMS, NONE, SIGN_IN, OFF, "address password sms", "sms"),
    Way(SMS, APP, SIGN_IN, ON, "address password sms app-code", "mfa otp sms"),
    Way(SMS, MAIL, SIGN_IN, ON, "address password sms mail-code", "otp sms"),
    Way(SMS, PASSKEY, SIGN_IN, ON, "address password sms passkey-check", "mfa pop sms"),
    Way(PROVIDER, NONE, SIGN_IN, ON, "provider", "fed"),
    Way(PROVIDER, NONE, SIGN_UP, OFF, "provider details", "fed"),
    Way(PROVIDER, APP, SIGN_IN, ON, "provider app-code", "fed mfa otp"),
    Way(PROVIDER, APP, SIGN_UP, OFF, "provider details app-setup recovery-codes", "fed mfa otp"),
    Way(PROVIDER, MAIL, SIGN_IN, OFF, "provider mail-code", "fed otp"),
    Way(PROVIDER, MAIL, SIGN_UP, ON, "provider details mail-code", "fed otp"),
    Way(PROVIDER, SMS, SIGN_IN, OFF, "provider sms-code", "fed mfa sms"),
    Way(PROVIDER, SMS, SIGN_UP, ON, "provider details phone-setup", "fed mfa sms"),
    Way(PROVIDER, PASSKEY, SIGN_IN, ON, "provider passkey-check", "fed mfa pop"),
    Way(PROVIDER, PASSKEY, SIGN_UP, ON, "provider details passkey-setup", "fed mfa pop"),
    # Where the flow takes user names.
    Way(PASSWORD, NONE, SIGN_IN, ON, "address password", "pwd", by_user_name=True),
    Way(CODE, NONE, SIGN_IN, OFF, "address code", "otp", by_user_name=True),
    Way(LINK, NONE, SIGN_IN, ON, "address code open", "otp", by_user_name=True),
    Way(SMS, NONE, SIGN_IN, OFF, "address password sms", "sms", by_user_name=True),
    # Where it offers everything.
    Way(
        PASSWORD, NONE, SIGN_IN, ON, "address password code sms passkey password", "pwd", EVERYTHING, "code sms passkey"
    ),
    Way(CODE, NONE, SIGN_IN, OFF, "address password code", "otp", EVERYTHING, f"password {PROVIDER}"),
    Way(LINK, NONE, SIGN_IN, ON, "address password sms code open", "otp", EVERYTHING, "sms"),
    Way(SMS, NONE, SIGN_IN, ON, "address password passkey code sms", "sms", EVERYTHING, "passkey code"),
    Way(PASSKEY, NONE, SIGN_IN, ON, "address", "mfa pop", EVERYTHING),
    Way(PROVIDER, NONE, SIGN_IN, OFF, "address password code", "fed", EVERYTHING, "code"),
    Way(BEYOND, NONE, SIGN_IN, ON, "address", "fed", EVERYTHING),
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


def triples_missed() -> set[tuple[str, ...]]:
    """Which errand, method and factor meet on no way, though they could."""
    walked = {way.choices[:3] for way in WAYS}
    triples = set(product(*({way.choices[thing] for way in WAYS} for thing in range(3)))) - walked
    return {each for each in triples if not any(pair <= {*each} for pair in IMPOSSIBLE)}


def pairs_walked() -> set[frozenset[str]]:
    """Which two choices meet on a way."""
    return {frozenset(pair) for way in WAYS for pair in combinations(way.choices, 2)}


def all_pairs() -> set[frozenset[str]]:
    """Any two choices about different things."""
    things = [set(chosen) for chosen in zip(*(way.choices for way in WAYS), strict=True)]
    return {frozenset(pair) for one, other in combinations(things, 2) for pair in product(one, other)}
