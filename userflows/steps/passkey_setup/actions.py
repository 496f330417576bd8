from userflows.journeys.browser import Visitor
from userflows.journeys.finish import make_account
from userflows.models import Journey
from userflows.state import PASSKEY_SETUP


def begin(journey: Journey, _visitor: Visitor) -> None:
    """Make the account whose passkey it will be, if somebody signs up who is asked for nothing else."""
    make_account(journey, password=None, attributes={}, language=journey.language)


def put_off(journey: Journey) -> None:
    """Go on without one."""
    journey.note(PASSKEY_SETUP, is_put_off=True)
