"""What is used up of the limits of an account, and beginning them anew. Nothing is counted here."""

from collections.abc import Collection
from dataclasses import dataclass

from common.web.limits import Attempts, Limit, forget, from_network, used_up
from userflows.journeys.attempts.limits import (
    CODES_ASKED,
    OF_CODES,
    OF_FACTORS,
    OF_MAIL,
    OF_PASSWORDS,
    OF_TEXTS,
    PASSWORDS_FROM_HERE,
    SECOND_CODES_SENT,
    SECOND_TEXTS_SENT,
    TEXTS_ASKED,
    TRIES_EVERYWHERE,
    whose,
)
from userflows.journeys.browsers.known_browsers import Familiarity

# What a hold is about that keeps another code from being mailed.
MAIL = "mail"
# The same for text messages.
TEXTS = "texts"
SECOND_FACTOR = "second factor"
ABOUT = {
    **dict.fromkeys(OF_PASSWORDS, "password"),
    **dict.fromkeys(OF_CODES, "code"),
    **dict.fromkeys(OF_MAIL, MAIL),
    **dict.fromkeys(OF_TEXTS, TEXTS),
    **dict.fromkeys((*OF_FACTORS, SECOND_CODES_SENT, SECOND_TEXTS_SENT), SECOND_FACTOR),
}


@dataclass(frozen=True)
class Hold:
    """A limit that keeps somebody out for so many more seconds: everywhere, or in the account's own browsers.

    `about` is the name of a method, "mail" or "texts" for another code, "second factor", or "" for everything from an
    address of the network. `is_of_place`: from elsewhere it keeps nobody out.
    """

    about: str
    limit: Limit
    seconds: int
    familiarity: Familiarity
    is_of_place: bool

    @property
    def is_known_browser(self) -> bool:
        """Whether it keeps nobody out but in browsers that the account knows."""
        return self.familiarity is not Familiarity.STRANGER


def holds_on(email: str, ip: str = "") -> list[Hold]:
    """What keeps somebody with this address out now, from an address of the network if it is given."""
    of_account: dict[tuple[Limit, str], tuple[str, Familiarity]] = {}
    of_place: dict[tuple[Limit, str], tuple[str, Familiarity]] = {}
    for familiarity in Familiarity:
        who = whose(email, familiarity)
        of_account |= {(limit, who): (about, familiarity) for limit, about in ABOUT.items()}
        if ip:
            of_place |= dict.fromkeys(from_network(PASSWORDS_FROM_HERE, ip, who), ("password", familiarity))
    if ip:
        of_place |= dict.fromkeys(from_network(CODES_ASKED, ip), (MAIL, Familiarity.STRANGER))
        of_place |= dict.fromkeys(from_network(TEXTS_ASKED, ip), (TEXTS, Familiarity.STRANGER))
        of_place |= dict.fromkeys(from_network(TRIES_EVERYWHERE, ip), ("", Familiarity.STRANGER))
    held = of_account | of_place
    found = ((limit, wait, (limit, subject)) for limit, subject, wait in used_up(*held))
    return [Hold(held[key][0], limit, wait, held[key][1], key in of_place) for limit, wait, key in found]


def kept_out(email: str, ips: Collection[str] = ()) -> list[tuple[Limit, str, int]]:
    """The limits by which this address is kept from signing in now, each with the seconds until it is not.

    `ips` are the places from which it was tried of late: some limits are of an address and a place together.
    """
    return used_up(*limits_of(email, ips))


def let_in_again(email: str, ips: Collection[str] = ()) -> None:
    """Begin the limits of this address anew, those of the world and those of its own browsers."""
    forget(*limits_of(email, ips))


def limits_of(email: str, ips: Collection[str] = ()) -> Attempts:
    """All that is counted against this address, and against it from these places."""
    everybody = [whose(email, familiarity) for familiarity in Familiarity]
    of_account = [(limit, who) for who in everybody for limit in ABOUT]
    from_places = [each for who in everybody for ip in ips for each in from_network(PASSWORDS_FROM_HERE, ip, who)]
    return [*of_account, *from_places]
