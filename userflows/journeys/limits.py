"""How often things may be tried. An unknown address is counted like a known one, so no answer tells them apart.

The limits of an account hold for the whole world together, but for the browsers in which it has signed in before. Those
have the same limits once more, together, so nobody is shut out of an account by strangers who try its door.

Count before opening a transaction, or a rollback would take the count back.
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from common.text.email_address import canonical_email
from common.web.limits import (
    Attempts,
    Limit,
    TooManyAttempts,
    count_together,
    forget,
    from_network,
    give_back,
    used_up,
)
from tenants.postgresql import current_schema
from userflows.journeys.browser import Visitor

MINUTE, HOUR = 60, 3600
# What a hold is about that keeps another code from being mailed.
MAIL = "mail"
SECOND_FACTOR = "second factor"
# A crowd behind one address of the network shares it; across tenants, or many doors would mean many tries.
TRIES_EVERYWHERE = Limit("tries from everywhere", 100, MINUTE, everywhere=True)
PASSWORDS_FROM_HERE = Limit("passwords by account and address", 5, 5 * MINUTE)
PASSWORDS = Limit("passwords by account", 20, HOUR)
WRONG_CODES = Limit("wrong codes by account", 10, HOUR)
# Whoever tries one has proved another factor before. Counted for the account, however many journeys they begin.
WRONG_FACTORS = Limit("wrong second factors by account", 10, HOUR)
# A guess at each of many accounts is a guess all the same. Beyond, codes get longer, and nobody is kept out
# (docs/decisions/0023-codes-get-longer-while-they-are-guessed.md). Known browsers have nothing to do with it.
WRONG_CODES_OF_ALL = Limit("wrong codes of all accounts", 5000, HOUR)
CODES_SENT = Limit("codes sent by account", 5, HOUR)
# By whom has proved another factor before: no stranger uses it up.
SECOND_CODES_SENT = Limit("second codes sent by account", 5, HOUR)
CODES_ASKED = Limit("codes asked for by address", 60, HOUR)
SIGN_UPS = Limit("sign-ups by address", 60, HOUR)

KNOWN = " in a known browser"
# How far back the places lie that can be kept out still.
LONGEST_FROM_HERE = timedelta(seconds=PASSWORDS_FROM_HERE.seconds)

# When short codes are looked at again, on the clock of this process, by schema.
_guessed_until: dict[str, float] = {}


class ShortCodesGuessed(Exception):
    """So many codes were guessed at this tenant within the hour that short ones aren't looked at any more."""

    def __init__(self, refusal: TooManyAttempts) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def count_password(visitor: Visitor, email: str) -> Attempts:
    """Count one password tried for this address. Raises `TooManyAttempts`; `forgive` one that was right."""
    who = _tried_here(visitor, email)
    return _count(
        *from_network(PASSWORDS_FROM_HERE, visitor.ip, who),
        (PASSWORDS, who),
        *from_network(TRIES_EVERYWHERE, visitor.ip),
    )


def count_code(visitor: Visitor, email: str, *, is_long: bool = False) -> Attempts:
    """Count one code tried for this address, likewise. Raises `ShortCodesGuessed` where only a long one would do."""
    of_all = [] if is_long or visitor.is_known_to(email) else [(WRONG_CODES_OF_ALL, "")]
    try:
        return _count((WRONG_CODES, _tried_here(visitor, email)), *of_all, *from_network(TRIES_EVERYWHERE, visitor.ip))
    except TooManyAttempts as refusal:
        if refusal.limit != WRONG_CODES_OF_ALL.name:
            raise
        _guessed_until[current_schema()] = time.monotonic() + refusal.retry_after
        raise ShortCodesGuessed(refusal) from refusal


def count_factor(visitor: Visitor, email: str) -> Attempts:
    """Count one code tried as a second factor of the account with this address, likewise. Raises `TooManyAttempts`."""
    return _count((WRONG_FACTORS, _tried_here(visitor, email)), *from_network(TRIES_EVERYWHERE, visitor.ip))


def needs_long_code(visitor: Visitor, email: str) -> bool:
    """Whether a short code sent to this address would be refused, as far as this process has heard."""
    return _guessed_until.get(current_schema(), 0) > time.monotonic() and not visitor.is_known_to(email)


def count_code_asked(visitor: Visitor, email: str) -> Attempts:
    """Count one code asked for at this address. Raises `TooManyAttempts`."""
    return _count((CODES_SENT, _tried_here(visitor, email)), *from_network(CODES_ASKED, visitor.ip))


def count_second_code_asked(visitor: Visitor, email: str) -> Attempts:
    """Count one code asked for as a second factor, likewise."""
    return _count((SECOND_CODES_SENT, _tried_here(visitor, email)), *from_network(CODES_ASKED, visitor.ip))


def count_sign_up(visitor: Visitor) -> Attempts:
    """Count one account about to be made from here. Raises `TooManyAttempts`."""
    return _count(*from_network(SIGN_UPS, visitor.ip))


def count_answer(visitor: Visitor) -> Attempts:
    """Count one answer of a provider that is about to be looked at. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


def count_link(visitor: Visitor) -> Attempts:
    """Count one link of a mail that is about to be used. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


def count_hash(visitor: Visitor) -> Attempts:
    """Count one password hashed for this visitor that signs nobody in. Raises `TooManyAttempts`."""
    return _count(*from_network(TRIES_EVERYWHERE, visitor.ip))


@dataclass(frozen=True)
class Hold:
    """A limit that keeps somebody out for so many more seconds: everywhere, or in browsers known to the account.

    `about` is the name of a method, "mail" for another code, "second factor", or "" for everything from an address of
    the network.
    """

    about: str
    limit: Limit
    seconds: int
    is_known_browser: bool


def holds_on(email: str, ip: str = "") -> list[Hold]:
    """What keeps somebody with this address out now, from an address of the network if it is given."""
    held: dict[tuple[Limit, str], tuple[str, bool]] = {}
    for is_known in (False, True):
        who = _whose(email, is_known=is_known)
        held |= {(PASSWORDS, who): ("password", is_known), (WRONG_CODES, who): ("code", is_known)}
        held |= {(CODES_SENT, who): (MAIL, is_known), (WRONG_FACTORS, who): (SECOND_FACTOR, is_known)}
        held |= {(SECOND_CODES_SENT, who): (SECOND_FACTOR, is_known)}
        if ip:
            held |= dict.fromkeys(from_network(PASSWORDS_FROM_HERE, ip, who), ("password", is_known))
    if ip:
        held |= dict.fromkeys(from_network(CODES_ASKED, ip), (MAIL, False))
        held |= dict.fromkeys(from_network(TRIES_EVERYWHERE, ip), ("", False))
    found = ((held[limit, whose], limit, wait) for limit, whose, wait in used_up(*held))
    return [Hold(about, limit, wait, is_known) for (about, is_known), limit, wait in found]


def forgive(attempts: Attempts) -> None:
    """Take back what turned out right: only failures use a limit up."""
    give_back(*attempts)


def kept_out(email: str, ips: Collection[str] = ()) -> list[tuple[Limit, str, int]]:
    """The limits by which this address is kept from signing in now, each with the seconds until it is not.

    `ips` are the places from which it was tried of late: some limits are of an address and a place together.
    """
    return used_up(*limits_of(email, ips))


def let_in_again(email: str, ips: Collection[str] = ()) -> None:
    """Begin the limits of this address anew, those of the world and those of its known browsers."""
    forget(*limits_of(email, ips))


def limits_of(email: str, ips: Collection[str] = ()) -> Attempts:
    """All that is counted against this address, and against it from these places."""
    address = canonical_email(email)
    everybody = (address, f"{address}{KNOWN}")
    of_account = [
        (limit, who)
        for who in everybody
        for limit in (PASSWORDS, WRONG_CODES, CODES_SENT, WRONG_FACTORS, SECOND_CODES_SENT)
    ]
    from_places = [each for who in everybody for ip in ips for each in from_network(PASSWORDS_FROM_HERE, ip, who)]
    return [*of_account, *from_places]


def _tried_here(visitor: Visitor, email: str) -> str:
    """Whose tries these are: the world's at this account, or those of the account's known browsers."""
    return _whose(email, is_known=visitor.is_known_to(email))


def _whose(email: str, *, is_known: bool) -> str:
    return f"{canonical_email(email)}{KNOWN if is_known else ''}"


def _count(*attempts: tuple[Limit, str]) -> Attempts:
    count_together(*attempts)
    return list(attempts)
