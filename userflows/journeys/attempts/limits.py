"""How often things may be tried. An unknown address is counted like a known one, so no answer tells them apart.

The limits of an account hold for the whole world together, but for the browsers in which it has signed in before, and
for those in which its mail is read. Either have the same limits once more, together: nobody is shut out of an account
by strangers who try its door. What has used a limit up, and beginning it anew, stands in `holds`.

Count before opening a transaction, or a rollback would take the count back.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from common.text.email_address import canonical_email
from common.web.limits import Attempts, Limit, TooManyAttempts, count_together, from_network, give_back
from tenants.postgresql import current_schema
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.browsers.known_browsers import Familiarity

MINUTE, HOUR, DAY = 60, 3600, 86_400
MONTH = 30 * DAY
# A crowd behind one address of the network shares it; across tenants, or many doors would mean many tries.
TRIES_EVERYWHERE = Limit("tries from everywhere", 100, MINUTE, everywhere=True)
PASSWORDS_FROM_HERE = Limit("passwords by account and address", 5, 5 * MINUTE)
PASSWORDS = Limit("passwords by account", 20, HOUR)
PASSWORDS_A_DAY = Limit("passwords by account and day", 100, DAY)
# Where the tenant's hook may be asked about a password, its server hears of no more guesses at an account than this.
PASSWORDS_ELSEWHERE = Limit("passwords by account where a hook is asked", 10, HOUR)
WRONG_CODES = Limit("wrong codes by account", 10, HOUR)
WRONG_CODES_A_DAY = Limit("wrong codes by account and day", 30, DAY)
# Whoever tries one has proved another factor before. Counted for the account, however many journeys they begin. Three
# codes of an app are good at a time, so a year of these is a chance in 400.
WRONG_FACTORS = Limit("wrong second factors by account", 10, HOUR)
WRONG_FACTORS_A_DAY = Limit("wrong second factors by account and day", 20, DAY)
WRONG_FACTORS_A_MONTH = Limit("wrong second factors by account and month", 60, MONTH)
# A guess at each of many accounts is a guess all the same. Beyond, codes get longer, and nobody is kept out
# (docs/decisions/0023-codes-get-longer-while-they-are-guessed.md). Known browsers have nothing to do with it.
WRONG_CODES_OF_ALL = Limit("wrong codes of all accounts", 5000, HOUR)
CODES_SENT = Limit("codes sent by account", 5, HOUR)
CODES_SENT_A_DAY = Limit("codes sent by account and day", 20, DAY)
# By whom has proved another factor before: no stranger uses it up.
SECOND_CODES_SENT = Limit("second codes sent by account", 5, HOUR)
CODES_ASKED = Limit("codes asked for by address", 60, HOUR)
# Each text message costs money, so there are fewer, and from a network wherever its account is known.
TEXTS_SENT = Limit("text messages sent by account", 5, HOUR)
TEXTS_SENT_A_DAY = Limit("text messages sent by account and day", 10, DAY)
SECOND_TEXTS_SENT = Limit("second text messages sent by account", 5, HOUR)
TEXTS_ASKED = Limit("text messages asked for by address", 20, HOUR)
SIGN_UPS = Limit("sign-ups by address", 60, HOUR)
# By whoever runs no script that would solve a puzzle; and what puzzles are measured by, which refuses nobody.
WITHOUT_SCRIPT = Limit("sign-ups without a script by address", 5, HOUR)
WITHOUT_SCRIPT_OF_ALL = Limit("sign-ups without a script", 100, HOUR)
SIGN_UPS_BEGUN = Limit("sign-ups begun", 2**31 - 1, 10 * MINUTE)
# Links by which an owner goes on whoever else tries. One is good for longer than the longest of these waits, so whoever
# uses them up has had one mailed that works.
LINKS_SENT = Limit("links sent by account", 3, HOUR)
LINKS_SENT_A_DAY = Limit("links sent by account and day", 10, DAY)
LINKS_ASKED = Limit("links asked for by address", 20, HOUR)

# From how many tries on somebody is told of them, and again each day.
MANY_TRIES, MANY_FACTORS = 10, 5

OF_PASSWORDS = (PASSWORDS, PASSWORDS_A_DAY, PASSWORDS_ELSEWHERE)
OF_CODES = (WRONG_CODES, WRONG_CODES_A_DAY)
OF_FACTORS = (WRONG_FACTORS, WRONG_FACTORS_A_DAY, WRONG_FACTORS_A_MONTH)
OF_MAIL = (CODES_SENT, CODES_SENT_A_DAY)
OF_TEXTS = (TEXTS_SENT, TEXTS_SENT_A_DAY)
# By whose name the tries of an account's own browsers are counted.
IN_BROWSERS: Mapping[Familiarity, str] = {
    Familiarity.STRANGER: "",
    Familiarity.KNOWN: " in a known browser",
    Familiarity.READS_MAIL: " in a browser that reads its mail",
}
# How far back the places lie that can be kept out still.
LONGEST_FROM_HERE = timedelta(seconds=PASSWORDS_FROM_HERE.seconds)

# When short codes are looked at again, on the clock of this process, by schema.
_guessed_until: dict[str, float] = {}


class ShortCodesGuessed(Exception):
    """So many codes were guessed at this tenant within the hour that short ones aren't looked at any more."""

    def __init__(self, refusal: TooManyAttempts) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True)
class Counted:
    """A try that was counted, by each of these limits as the how manieth."""

    attempts: Attempts
    counts: Sequence[int]

    def nth(self, limit: Limit) -> int:
        """The how manieth it is by this limit; 0 if it isn't counted by it."""
        found = (count for (each, _), count in zip(self.attempts, self.counts, strict=True) if each == limit)
        return next(found, 0)


def count_password(visitor: Visitor, email: str, *, asks_hook: bool = False) -> Counted:
    """Count one password tried for this address. Raises `TooManyAttempts`; `forgive` one that was right.

    With `asks_hook` a hook is asked whose password isn't here; and no page tells whose is.
    """
    who = _tried_here(visitor, email)
    here = from_network(PASSWORDS_FROM_HERE, visitor.ip, who)
    of_account = [limit for limit in OF_PASSWORDS if asks_hook or limit != PASSWORDS_ELSEWHERE]
    return _count(*here, *((limit, who) for limit in of_account), *_network(visitor, email))


def forgive_guess(counted: Counted) -> None:
    """Take back what counts as a guess at the account. The network has had it looked at, and that stays counted."""
    give_back(*[(limit, who) for limit, who in counted.attempts if not limit.everywhere])


def count_code(visitor: Visitor, email: str, *, is_long: bool = False) -> Counted:
    """Count one code tried for this address, likewise. Raises `ShortCodesGuessed` where only a long one would do."""
    who = _tried_here(visitor, email)
    of_all = [] if is_long or visitor.is_known_to(email) else [(WRONG_CODES_OF_ALL, "")]
    try:
        return _count(*((limit, who) for limit in OF_CODES), *of_all, *_network(visitor, email))
    except TooManyAttempts as refusal:
        if refusal.limit != WRONG_CODES_OF_ALL.name:
            raise
        _guessed_until[current_schema()] = time.monotonic() + refusal.retry_after
        raise ShortCodesGuessed(refusal) from refusal


def count_factor(visitor: Visitor, email: str) -> Counted:
    """Count one code tried as a second factor of the account with this address, likewise. Raises `TooManyAttempts`."""
    who = _tried_here(visitor, email)
    return _count(*((limit, who) for limit in OF_FACTORS), *_network(visitor, email))


def needs_long_code(visitor: Visitor, email: str) -> bool:
    """Whether a short code sent to this address would be refused, as far as this process has heard."""
    return _guessed_until.get(current_schema(), 0) > time.monotonic() and not visitor.is_known_to(email)


def count_code_asked(visitor: Visitor, email: str) -> Counted:
    """Count one code asked for at this address. Raises `TooManyAttempts`."""
    return _count(*codes_asked(visitor, email), *_network(visitor, email, CODES_ASKED))


def codes_asked(visitor: Visitor, email: str) -> Attempts:
    """What one code mailed to this address counts against. Whoever enters it has used none of it up."""
    who = _tried_here(visitor, email)
    return [(limit, who) for limit in OF_MAIL]


def count_second_code_asked(visitor: Visitor, email: str) -> Counted:
    """Count one code asked for as a second factor, likewise."""
    return _count((SECOND_CODES_SENT, _tried_here(visitor, email)), *_network(visitor, email, CODES_ASKED))


def count_text_asked(visitor: Visitor, email: str) -> Counted:
    """Count one text message asked for by whoever gives this address. Raises `TooManyAttempts`."""
    return _count(*texts_asked(visitor, email), *from_network(TEXTS_ASKED, visitor.ip))


def texts_asked(visitor: Visitor, email: str) -> Attempts:
    """What one such message counts against. Whoever enters its code has used none of it up."""
    who = _tried_here(visitor, email)
    return [(limit, who) for limit in OF_TEXTS]


def count_second_text_asked(visitor: Visitor, email: str) -> Counted:
    """Count one asked for as a second factor, or for a new number, likewise."""
    return _count((SECOND_TEXTS_SENT, _tried_here(visitor, email)), *from_network(TEXTS_ASKED, visitor.ip))


def count_link_asked(visitor: Visitor, email: str) -> Counted:
    """Count one link asked for by whoever is kept waiting at this address. Raises `TooManyAttempts`."""
    whose = canonical_email(email)
    return _count((LINKS_SENT, whose), (LINKS_SENT_A_DAY, whose), *from_network(LINKS_ASKED, visitor.ip))


def count_sign_up(visitor: Visitor) -> Counted:
    """Count one account about to be made from here. Raises `TooManyAttempts`."""
    return _count(*from_network(SIGN_UPS, visitor.ip))


def count_sign_up_begun() -> int:
    """Count somebody who wants to sign up. Returns how many have at this tenant in these ten minutes."""
    return _count((SIGN_UPS_BEGUN, "")).nth(SIGN_UPS_BEGUN)


def count_without_check(visitor: Visitor) -> Counted:
    """Count somebody who signs up without the check, be it a puzzle or a CAPTCHA. Raises `TooManyAttempts`."""
    return _count(*from_network(WITHOUT_SCRIPT, visitor.ip), (WITHOUT_SCRIPT_OF_ALL, ""))


def count_answer(visitor: Visitor) -> Counted:
    """Count one answer of a provider that is about to be looked at. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


def count_link(visitor: Visitor) -> Counted:
    """Count one link of a mail that is about to be used. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


def count_hash(visitor: Visitor) -> Counted:
    """Count one password hashed for this visitor that signs nobody in. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


def forgive(counted: Counted, *others: tuple[Limit, str]) -> None:
    """Take back what turned out right, and what led there: only failures use a limit up."""
    give_back(*counted.attempts, *others)


def whose(email: str, familiarity: Familiarity) -> str:
    """Under which name the tries at this address are counted in such browsers."""
    return f"{canonical_email(email)}{IN_BROWSERS[familiarity]}"


def _tried_here(visitor: Visitor, email: str) -> str:
    """Whose tries these are: the world's at this account, or those of the account's own browsers."""
    return whose(email, visitor.familiarity_with(email))


def _network(visitor: Visitor, email: str, limit: Limit = TRIES_EVERYWHERE) -> Attempts:
    """What a try counts against its network: nothing where the account's mail is read, which no neighbour uses up."""
    reads_mail = visitor.familiarity_with(email) is Familiarity.READS_MAIL
    return [] if reads_mail else from_network(limit, visitor.ip)


def _count(*attempts: tuple[Limit, str]) -> Counted:
    return Counted(list(attempts), count_together(*attempts))
