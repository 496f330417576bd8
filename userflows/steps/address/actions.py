from userflows.journeys.account.given import turn_back
from userflows.journeys.progress import note_mail_language
from userflows.models import Journey
from userflows.state import BROUGHT, PROVIDER, SIGN_UP


def give_address(journey: Journey, *, email: str) -> None:
    """Go on with this address, the same or another. Whatever was proved or begun before is to be done anew, though
    nothing is to be typed again that `turn_back` keeps.

    Whoever has come from a provider that tells no address stays; the one they type is theirs if they read its mail.
    """
    brought, is_known = journey.state.brought, journey.account_id is not None
    turn_back(journey, email=email)
    if brought and not brought["email"] and not is_known:
        journey.note(PROVIDER, **{BROUGHT: brought})
        journey.typed = dict(brought["attributes"])
    note_mail_language(journey)


def takes_user_names(journey: Journey, *, purpose: str = "") -> bool:
    """Whether somebody on this way, or on another by its `purpose`, may say who they are by a user name: not whoever is
    to have an account.
    """
    is_new = (purpose or journey.purpose) == SIGN_UP or bool(journey.state.brought)
    return journey.rules.takes_user_names and not is_new
