"""The table of ways in: by which method and second factor, to sign in or up, on which pages, and what it comes to.

Each method meets each second factor on either errand, with scripts and without them. What can't meet is said below,
with the reason. A method or factor that the product gets is missed by a test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product

from userflows.methods import sign_in_methods
from userflows.state import (
    ALWAYS,
    APP,
    FACTORS,
    MAIL,
    NEW_BROWSER,
    PASSKEY,
    PROVIDER,
    RESET,
    SIGN_IN,
    SIGN_UP,
    SMS,
    WHO_HAS_ONE,
)

PASSWORD, CODE, LINK, NONE = "password", "code", "link", "none"
# A second provider.
BEYOND = f"{PROVIDER} beyond"
# A flow offers a message to a phone beside something else alone.
OFFERED = {SMS: (PASSWORD, SMS)}
EVERYTHING = (PASSWORD, CODE, LINK, PASSKEY, SMS, PROVIDER, BEYOND)


@dataclass(frozen=True)
class Way:
    """`pages` are the steps in their order, `amr` what an application is told of the sign-in (RFC 8176).

    `before` are the methods that were meant at first, one after the other, where the flow `offers` them; `factors` are
    the second ones that it offers, if there are several. `begins` is the page that somebody opens who wants something
    else than that page's name says. `again` are the pages of a second sign-in, in the browser that is remembered by
    then, and `amr` is of that one. `without_app` shows a recovery code in the place of the app, which was left behind.
    """

    first: str
    second: str
    goal: str
    pages: str
    amr: str
    scripts: bool = True
    offers: tuple[str, ...] = ()
    before: str = ""
    by_user_name: bool = False
    factors: tuple[str, ...] = ()
    begins: str = ""
    again: str = ""
    without_app: bool = False

    def __str__(self) -> str:
        named = ["by user name"] if self.by_user_name else []
        minds = ["of all", f"after {self.before}"] if self.before else ["of all"] if self.offers else []
        chosen = ["of several"] if self.factors else []
        begun = [f"from {self.begins}"] if self.begins else []
        remembered = ["and again"] if self.again else []
        left_behind = ["left behind"] if self.without_app else []
        return " ".join([*self.choices, *named, *minds, *chosen, *begun, *remembered, *left_behind])

    def with_and_without_scripts(self) -> Iterator["Way"]:
        """Both, unless a passkey is shown: browsers show these to scripts alone."""
        yield self
        if PASSKEY not in {self.first, self.second, *self.before.split()}:
            yield replace(self, scripts=False)

    @property
    def page(self) -> str:
        """The tenant's page at which it begins."""
        return self.begins or self.goal.replace("_", "-")

    @property
    def offered(self) -> tuple[str, ...]:
        """All that the flow offers."""
        return self.offers or OFFERED.get(self.first, (self.first,))

    @property
    def second_factors(self) -> tuple[str, ...]:
        """All second factors of the flow."""
        return self.factors or ((self.second,) if self.second != NONE else ())

    @property
    def asks(self) -> str:
        """Whom the flow asks for a second factor."""
        if not self.second_factors:
            return WHO_HAS_ONE
        return NEW_BROWSER if self.again else ALWAYS

    @property
    def verifies_last(self) -> bool:
        """Whether the address is verified after all else was given."""
        return "details code" in self.pages

    @property
    def choices(self) -> tuple[str, str, str, str]:
        """What was chosen, in words."""
        method = self.first.partition(" ")[0]
        return self.goal, f"by {method}", f"and {self.second}", f"{'with' if self.scripts else 'without'} scripts"


# Each errand, by each method, with each factor.
GRID = (
    Way(PASSWORD, NONE, SIGN_IN, "address password", "pwd"),
    Way(PASSWORD, NONE, SIGN_UP, "address code details", "otp"),
    Way(PASSWORD, APP, SIGN_IN, "address password app-code", "mfa otp pwd"),
    Way(PASSWORD, APP, SIGN_UP, "address code details app-setup recovery-codes", "mfa otp"),
    Way(PASSWORD, MAIL, SIGN_IN, "address password second-mail", "otp pwd"),
    Way(PASSWORD, MAIL, SIGN_UP, "address code details", "otp"),
    Way(PASSWORD, SMS, SIGN_IN, "address password second-sms", "mfa pwd sms"),
    Way(PASSWORD, SMS, SIGN_UP, "address details code phone-setup", "otp sms"),
    Way(PASSWORD, PASSKEY, SIGN_IN, "address password passkey-check", "mfa pop pwd"),
    Way(PASSWORD, PASSKEY, SIGN_UP, "address code details passkey-setup", "mfa otp pop"),
    Way(CODE, NONE, SIGN_IN, "address code", "otp"),
    Way(CODE, NONE, SIGN_UP, "address code details", "otp"),
    Way(CODE, APP, SIGN_IN, "address code app-code", "mfa otp"),
    Way(CODE, APP, SIGN_UP, "address code details app-setup recovery-codes", "mfa otp"),
    Way(CODE, SMS, SIGN_IN, "address code second-sms", "otp sms"),
    Way(CODE, SMS, SIGN_UP, "address code details phone-setup", "otp sms"),
    Way(CODE, PASSKEY, SIGN_IN, "address code passkey-check", "mfa otp pop"),
    Way(CODE, PASSKEY, SIGN_UP, "address details code passkey-setup", "mfa otp pop"),
    Way(LINK, NONE, SIGN_IN, "address code open", "otp"),
    Way(LINK, NONE, SIGN_UP, "address details code open", "otp"),
    Way(LINK, APP, SIGN_IN, "address code open app-code", "mfa otp"),
    Way(LINK, APP, SIGN_UP, "address code open details app-setup recovery-codes", "mfa otp"),
    Way(LINK, SMS, SIGN_IN, "address code open second-sms", "otp sms"),
    Way(LINK, SMS, SIGN_UP, "address code open details phone-setup", "otp sms"),
    Way(LINK, PASSKEY, SIGN_IN, "address code open passkey-check", "mfa otp pop"),
    Way(LINK, PASSKEY, SIGN_UP, "address details code open passkey-setup", "mfa otp pop"),
    Way(PASSKEY, NONE, SIGN_IN, "address", "mfa pop"),
    Way(PASSKEY, NONE, SIGN_UP, "address code details passkey-setup", "mfa otp pop"),
    Way(PASSKEY, APP, SIGN_IN, "address", "mfa pop"),
    Way(PASSKEY, APP, SIGN_UP, "address code details passkey-setup", "mfa otp pop"),
    Way(SMS, NONE, SIGN_IN, "address password sms", "sms"),
    Way(SMS, APP, SIGN_IN, "address password sms app-code", "mfa otp sms"),
    Way(SMS, MAIL, SIGN_IN, "address password sms second-mail", "otp sms"),
    Way(SMS, PASSKEY, SIGN_IN, "address password sms passkey-check", "mfa pop sms"),
    Way(PROVIDER, NONE, SIGN_IN, "provider", "fed"),
    Way(PROVIDER, NONE, SIGN_UP, "provider details", "fed"),
    Way(PROVIDER, APP, SIGN_IN, "provider app-code", "fed mfa otp"),
    Way(PROVIDER, APP, SIGN_UP, "provider details app-setup recovery-codes", "fed mfa otp"),
    Way(PROVIDER, MAIL, SIGN_IN, "provider second-mail", "fed otp"),
    Way(PROVIDER, MAIL, SIGN_UP, "provider details second-mail", "fed otp"),
    Way(PROVIDER, SMS, SIGN_IN, "provider second-sms", "fed mfa sms"),
    Way(PROVIDER, SMS, SIGN_UP, "provider details phone-setup", "fed mfa sms"),
    Way(PROVIDER, PASSKEY, SIGN_IN, "provider passkey-check", "fed mfa pop"),
    Way(PROVIDER, PASSKEY, SIGN_UP, "provider details passkey-setup", "fed mfa pop"),
)
BESIDE = (
    # Where the flow takes user names.
    Way(PASSWORD, NONE, SIGN_IN, "address password", "pwd", by_user_name=True),
    Way(CODE, NONE, SIGN_IN, "address code", "otp", by_user_name=True),
    Way(LINK, NONE, SIGN_IN, "address code open", "otp", by_user_name=True),
    Way(SMS, NONE, SIGN_IN, "address password sms", "sms", by_user_name=True),
    # Where it offers everything.
    Way(
        PASSWORD,
        NONE,
        SIGN_IN,
        "address password code sms passkey password",
        "pwd",
        offers=EVERYTHING,
        before="code sms passkey",
    ),
    Way(CODE, NONE, SIGN_IN, "address password code", "otp", offers=EVERYTHING, before=f"password {PROVIDER}"),
    Way(LINK, NONE, SIGN_IN, "address password sms code open", "otp", offers=EVERYTHING, before="sms"),
    Way(SMS, NONE, SIGN_IN, "address password passkey code sms", "sms", offers=EVERYTHING, before="passkey code"),
    Way(PASSKEY, NONE, SIGN_IN, "address", "mfa pop", offers=EVERYTHING),
    Way(PROVIDER, NONE, SIGN_IN, "address password code", "fed", offers=EVERYTHING, before="code"),
    Way(BEYOND, NONE, SIGN_IN, "address", "fed", offers=EVERYTHING),
    Way(PASSWORD, NONE, SIGN_UP, "address code details", "otp", offers=(PASSWORD, CODE, LINK)),
    Way(LINK, NONE, SIGN_UP, "address code open details", "otp", offers=(PASSWORD, CODE, LINK)),
    # Where it offers several second factors.
    Way(PASSWORD, MAIL, SIGN_IN, "address password second-sms second-mail", "otp pwd", factors=FACTORS),
    Way(
        PASSWORD,
        SMS,
        SIGN_UP,
        "address code details passkey-setup phone-setup",
        "otp sms",
        factors=(APP, PASSKEY, SMS),
    ),
    # Where whoever signs in signs up by that.
    Way(CODE, NONE, SIGN_UP, "address code details", "otp", begins="sign-in"),
    # Where a new browser alone is asked for a second factor.
    Way(PASSWORD, APP, SIGN_IN, "address password app-code", "pwd", again="address password"),
    # Who has forgotten the password.
    Way(PASSWORD, NONE, RESET, "address code new-password", "otp"),
    Way(PASSWORD, APP, RESET, "address code app-code new-password", "mfa otp"),
    Way(PASSWORD, SMS, RESET, "address code second-sms new-password", "otp sms"),
    Way(PASSWORD, PASSKEY, RESET, "address code passkey-check new-password", "mfa otp pop"),
    # Who has the phone with the app not with them, but the codes on paper.
    Way(PASSWORD, APP, SIGN_IN, "address password app-code recovery-code", "mfa otp pwd", without_app=True),
    Way(PASSWORD, APP, RESET, "address code app-code recovery-code new-password", "mfa otp", without_app=True),
)
WAYS = tuple(walk for way in (*GRID, *BESIDE) for walk in way.with_and_without_scripts())

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


def missed() -> set[tuple[str, ...]]:
    """Which errand, method and factor meet on no way with scripts, or on none without them, though they could."""
    walked = {walk.choices for way in GRID for walk in way.with_and_without_scripts()}
    methods = {f"by {method}" for method in sign_in_methods()}
    factors = {f"and {factor}" for factor in (NONE, *FACTORS)}
    ways = set(product((SIGN_IN, SIGN_UP), methods, factors, ("with scripts", "without scripts")))
    return {each for each in ways - walked if not any(pair <= {*each} for pair in IMPOSSIBLE)}


def pairs_walked() -> set[frozenset[str]]:
    """Which two choices meet on a way."""
    return {frozenset(pair) for way in WAYS for pair in combinations(way.choices, 2)}
