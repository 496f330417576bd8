"""What a journey's code is good for. Whoever makes it and whoever tries it have to agree."""

from userflows.models import Journey
from userflows.state import PHONE_SETUP


def proof_of(journey: Journey) -> str:
    """What a code proves that was sent to a new number: that it reaches the account's owner, and nothing else."""
    number = journey.step_data.get(PHONE_SETUP, {}).get("number", "")
    return f"new phone number:{journey.purpose}:{journey.email}:{journey.account_id}:{number}"
