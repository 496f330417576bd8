"""What a journey's code is good for. Whoever makes it and whoever tries it have to agree."""

from userflows.models import Journey


def proof_of(journey: Journey) -> str:
    """What a code proves that was mailed as a second factor: never what one proves that a journey begins with."""
    return f"second factor:{journey.purpose}:{journey.email}:{journey.account_id}"
