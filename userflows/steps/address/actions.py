from userflows.journeys.progress import note_mail_language
from userflows.models import Journey
from userflows.state import BROUGHT, PROVIDER


def give_address(journey: Journey, *, email: str) -> None:
    """Go on with this address, the same or another. Whatever was proved or begun before is to be done anew.

    Whoever has come from a provider that tells no address stays; the one they type is theirs if they read its mail.
    """
    brought, is_known = journey.state.brought, journey.account_id is not None
    journey.begin_anew(purpose=journey.purpose, email=email)
    if brought and not brought["email"] and not is_known:
        journey.note(PROVIDER, **{BROUGHT: brought})
        journey.typed = dict(brought["attributes"])
    note_mail_language(journey)
