"""What the check of a sign-in may find: how much it weighs, and where something is done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """What a finding means for a sign-in: nothing stands in the way, something does for some, or for all."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"


class RemedyPlace(StrEnum):
    """Where something is done about a finding."""

    CUSTOMER = "customer"
    CUSTOMER_SIGN_IN = "customer's sign-in"
    REDIRECT_URIS = "redirect URIs"
    PERMISSIONS = "permissions"
    USER_FLOW = "user flow"
    MAIL_SERVER = "mail server"
    OUTBOX = "outbox"
    TEXT_MESSAGES = "text messages"
    JOBS = "jobs"
    HOOK = "hook"
    DANGER_ZONE = "danger zone"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it. `closes` names the methods that can't be used for it;
    what `is_lacking` closes them only as the account never had them, which matters where nothing else is left.

    `place` is where it is done, and `about` the ID of what the place is about, if that isn't the customer. What is so
    `only_from` an address of the network that was assumed closes nothing: the customer may be elsewhere. What
    `comes_first` is met by whoever signs in, before they are signed in.
    """

    weight: Weight
    title: str
    text: str
    remedy: str = ""
    closes: Sequence[str] = ()
    is_lacking: bool = False
    place: RemedyPlace | None = None
    about: str = ""
    only_from: str = ""
    comes_first: bool = False
