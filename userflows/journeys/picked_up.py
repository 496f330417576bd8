"""Going on with a journey whose browser was closed on the way: a phone that needs its memory closes it as soon as
somebody looks into their mail.

Whoever sits there now may be somebody else. So nothing counts that was proved, and nothing is shown that was typed,
not even the address, which is asked for again. Whoever gives the same one goes on with the code that is on its way;
what they had typed is there again once they have shown that the address is theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts.credentials.services.codes import is_made
from common.crypto.digests import digest_of
from userflows.forms.fields import TICKED
from userflows.journeys import entry
from userflows.journeys.account.given import held_back, still_held_back, typed_so_far
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.browsers.browser import MOST_DIGESTS, browser_digest, new_key
from userflows.journeys.dead_ends import on_to_application
from userflows.middleware import speak_for
from userflows.models import Journey
from userflows.state import (
    CHANGE,
    CODE,
    CONFIRMS,
    INVITATION,
    LINK,
    SECOND_MAIL,
    SECOND_SMS,
    SESSION,
    SMS,
    VERIFIES_FIRST,
)

# The steps that send codes, each with the methods by which what it sent is used up; and what they note of one.
CODES = {CODE: {CODE, LINK}, SMS: {SMS}, SECOND_MAIL: {SECOND_MAIL}, SECOND_SMS: {SECOND_SMS}}
SENT_AT = "sent_at"
OF_CODE = (SENT_AT, "is_long", "needs_long")
# What a journey rests on that was begun by somebody known: a session that has gone with the browser, or a link.
RESTS_ON = {CONFIRMS, SESSION, INVITATION}


def pick_up(request: HttpRequest, journey_id: UUID) -> HttpResponse | None:
    """Bind the journey to the browser as it is now, and lead on with it; if it is finished, to its application. None if
    this browser has begun none such, or it can't be picked up.
    """
    journey = entry.left_journey(request, journey_id)
    if journey is not None and _has_come_to_application(journey):
        request.journey = journey  # type: ignore[attr-defined]
        speak_for(request, journey)
        return on_to_application(request, journey, is_signed_in=request.user.pk == journey.account_id)
    if journey is None or not _may_be_picked_up(journey):
        return None
    before, key = journey.browser_digest, "" if browser_digest(request) else new_key()
    journey.browser_digest = digest_of(key) if key else browser_digest(request)
    _lay_down(journey, before=before)
    of_before = Journey.objects.open().filter(pk=journey.pk, browser_digest=before)
    names = ("browser_digest", "email", "account_id", "proofs", "step_data", "typed", "stays")
    if not of_before.update(**{name: getattr(journey, name) for name in names}):
        # Another tab was faster: browsers open all of them at once.
        return pick_up(request, journey_id)
    return entry.keep_browser(request, see_other(step_url(journey)), key, journey.browser_digest)


def is_left_here(request: HttpRequest, journey_id: UUID) -> bool:
    """Whether this browser began the journey before it was closed, and its pages lead on."""
    journey = entry.left_journey(request, journey_id)
    return journey is not None and (_has_come_to_application(journey) or _may_be_picked_up(journey))


def _has_come_to_application(journey: Journey) -> bool:
    return journey.finished_at is not None and bool(journey.redirect_origins)


def _may_be_picked_up(journey: Journey) -> bool:
    rests_on_somebody = bool(RESTS_ON & set(journey.step_data)) or journey.state.changes_factors
    return journey.is_open and not (rests_on_somebody or journey.is_trial_run or journey.purpose == CHANGE)


def _lay_down(journey: Journey, *, before: str) -> None:
    """Leave of the journey what it is for, and for whoever gives the same address the codes on their way and what was
    typed. The address is verified first from here on, whatever its flow says: so nobody reads that who hasn't shown
    that it is theirs.
    """
    typed = {name: value for name, value in typed_so_far(journey).items() if name != TICKED}
    held = held_back(typed, email=journey.email, notes=_codes_on_their_way(journey))
    if not journey.email:
        # Closed once more before anybody gave an address.
        held = still_held_back(journey)
    known_by = [before, *journey.step_data.get(entry.BECAUSE, {}).get(entry.BEFORE, ())][:MOST_DIGESTS]
    journey.begin_anew(purpose=journey.purpose, email="")
    journey.step_data = {
        **journey.step_data,
        **held,
        VERIFIES_FIRST: {},
        entry.BECAUSE: {"of": entry.BROWSER_CLOSED, entry.BEFORE: known_by},
    }
    journey.stays = False


def _codes_on_their_way(journey: Journey) -> Mapping[str, Mapping[str, Any]]:
    """What steps have noted of codes that were made and that nobody has used. One that is still to be made never is: no
    job makes it for a journey without an address.
    """
    used = {proof["method"] for proof in journey.proofs}
    noted = {step: journey.step_data.get(step, {}) for step, methods in CODES.items() if not methods & used}
    asked = {step: {name: note[name] for name in OF_CODE if name in note} for step, note in noted.items()}
    return {step: note for step, note in asked.items() if SENT_AT in note and _is_made(journey, note[SENT_AT])}


def _is_made(journey: Journey, asked_at: str) -> bool:
    return is_made(journey.pk, datetime.fromisoformat(asked_at))
