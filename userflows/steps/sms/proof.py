"""What a journey's code is good for. Whoever makes it and whoever tries it have to agree."""

from accounts.models import Account
from userflows.models import Journey


def proof_of(journey: Journey, account: Account | None) -> str:
    """What a code proves that was sent by text message: never what one from a mail proves, nor for another number."""
    number = account.phone_number if account else ""
    return f"text message:{journey.purpose}:{journey.email}:{account.pk if account else ''}:{number}"
