from accounts.models import Account
from userflows.models import Journey


def proof_of(journey: Journey, *, account: Account | None) -> str:
    """What a code of this journey proves: that somebody reads the mail of its address, or of this account.

    A code for another address, way or account proves nothing; so doesn't one that was mailed before the address had an
    account, to a spelling that may lead elsewhere.
    """
    return f"{journey.purpose}:{journey.email}:{account.pk if account else ''}"
