from userflows.models import Journey
from userflows.state import PASSKEY_SETUP


def put_off(journey: Journey) -> None:
    """Go on without one."""
    journey.note(PASSKEY_SETUP, is_put_off=True)
