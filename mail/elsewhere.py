"""Who sends mails with a one-time code in our place, if anybody does."""

from common.elsewhere import Elsewhere
from mail.bodies import Body

_elsewhere: list[Elsewhere[Body]] = [Elsewhere()]


def send_codes(elsewhere: Elsewhere[Body]) -> None:
    """Register who sends codes in our place."""
    _elsewhere[:] = [elsewhere]


def elsewhere() -> Elsewhere[Body]:
    """How they are sent."""
    return _elsewhere[0]
