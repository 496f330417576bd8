from datetime import timedelta

from django.utils import timezone

from accounts.credentials.services.codes import has_tries
from userflows.journeys.account.given import turn_back
from userflows.journeys.codes.code_tries import SECONDS_BEFORE_RESEND, sent_at
from userflows.journeys.progress import note_mail_language
from userflows.models import Journey
from userflows.state import BROUGHT, CODE, PROVIDER, SIGN_IN, SIGN_UP


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


def is_on_its_way(journey: Journey, *, email: str) -> bool:
    """Whether the code that this address would have mailed has just been asked for: then its form has come twice, as it
    does from whoever had no answer to the first. Another code would void the one that they read; one that was
    guessed at too often is void already.
    """
    asked_at = sent_at(journey, step=CODE)
    if asked_at is None or timezone.now() >= asked_at + timedelta(seconds=SECONDS_BEFORE_RESEND):
        return False
    is_by_itself = journey.purpose != SIGN_IN or not journey.rules.has_passwords
    is_the_same = is_by_itself and email == journey.email and not journey.state.counting
    return is_the_same and has_tries(journey.pk, asked_at=asked_at)


def takes_user_names(journey: Journey, *, purpose: str = "") -> bool:
    """Whether somebody on this way, or on another by its `purpose`, may say who they are by a user name: not whoever is
    to have an account.
    """
    is_new = (purpose or journey.purpose) == SIGN_UP or bool(journey.state.brought)
    return journey.rules.takes_user_names and not is_new
