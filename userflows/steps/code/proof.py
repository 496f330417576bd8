"""What a journey's code is like. Whoever makes it and whoever tries it have to agree."""

from accounts.models import Account
from userflows.journeys.codes import code_tries
from userflows.models import Journey
from userflows.state import CODE


def proof_of(journey: Journey, *, account: Account | None) -> str:
    """What a code of this journey proves: that somebody reads the mail of its address, or of this account.

    A code for another address, way or account proves nothing; so doesn't one that was mailed before the address had an
    account, to a spelling that may lead elsewhere.
    """
    return f"{journey.purpose}:{journey.email}:{account.pk if account else ''}"


def code_length(journey: Journey) -> int:
    """How many digits the code has that was asked for last."""
    return code_tries.code_length(journey, step=CODE)
