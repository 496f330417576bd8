"""What a journey's code is good for. Whoever makes it and whoever tries it have to agree."""

from accounts.models import Account
from userflows.models import Journey


def proof_of(journey: Journey, account: Account) -> str:
    """What a code proves that was sent as a second factor: never what one proves that a journey begins with."""
    return f"second factor by phone:{journey.purpose}:{journey.email}:{account.pk}:{account.phone_number}"
