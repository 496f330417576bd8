"""Beginning and finding journeys.

A journey belongs to one browser: its cookie holds 256 random bits, the row a digest of them. A link to somebody else's
journey therefore opens nothing, and nobody can be led through the end of a journey that another person began.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial, wraps
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.sessions.beside import change_to, others_here
from audit.services import Actor, Circumstances, record_refused
from common.crypto.digests import digest_of
from common.database.rows import columns_of, insert, read_one
from common.web.http import client_ip
from common.web.limits import TooManyAttempts
from userflows.journeys.account.given import held_back, typed_so_far
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts.crowds import JOURNEYS, count_begun, of_journeys
from userflows.journeys.browsers.browser import (
    browser_digest,
    digests_before_closing,
    give_key,
    host_of,
    new_key,
    outlive_closing,
    visitor_of,
)
from userflows.journeys.next_step import verifies_last
from userflows.lookup import default_flow, flow_by_id, is_used
from userflows.models import Journey, UserFlow
from userflows.policies import application_address
from userflows.second_factors.passkey_offer import is_put_off
from userflows.second_factors.remembered import remembered_in
from userflows.sessions.signed_in import session_note
from userflows.state import CHANGE, CONFIRMS, RESET, SESSION, SIGN_IN, VERIFIES_FIRST, JourneyState

Begin = TypeVar("Begin", bound=Callable[..., HttpResponse])
LIFETIME = timedelta(hours=1)
# How long whoever began a journey may come back for what they kept with it.
COLLECTABLE_FOR = timedelta(minutes=10)
# Why somebody has to sign in who expected something else: their session has ended, or the flow has no sign-up; or they
# have had their account secured, with its password or without one.
SESSION_ENDED, NO_SIGN_UP = "session_ended", "no_sign_up"
SECURED, SECURED_WITHOUT_PASSWORD = "secured", "secured_without_password"
# Or their browser was closed on the way. By which digests the journey was bound before is noted with that.
BROWSER_CLOSED = "browser_closed"
BECAUSE, BEFORE = "because", "before"
OF_BROWSER = f"""
    SELECT {columns_of(Journey)} FROM userflows_journey WHERE id = %s AND browser_digest = %s
"""  # noqa: S608 - names of our own
LEFT_IN_BROWSER = f"""
    SELECT {columns_of(Journey)} FROM userflows_journey
    WHERE id = %s AND (browser_digest = ANY(%s) OR step_data -> '{BECAUSE}' -> '{BEFORE}' ?| %s::text[])
"""  # noqa: S608 - names of our own


@dataclass(frozen=True)
class More:
    """What a journey asks for besides what its flow does.

    `second_factor` is who shall be asked for one besides those whom the flow asks, and `factors` are those that count
    in the place of the flow's, if there are any (`FlowRules.asking`). A journey that `adds_to_session` asks the account
    it confirms for nothing else, unless that has none: then it proves all anew. `notes` are what steps are told from
    the start, by their names, and `typed` is what their inputs begin with.
    """

    second_factor: str = ""
    factors: Sequence[str] = ()
    adds_to_session: bool = False
    notes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)


NOTHING_MORE = More()


def lead_on(_request: HttpRequest, journey: Journey) -> HttpResponse:
    """Send the browser to the step that comes next."""
    return see_other(step_url(journey))


def not_by_a_look(begin: Begin) -> Begin:
    """Let HEAD find a page and begin nothing: a monitor asks so, or a program that shows where a link leads."""

    @wraps(begin)
    def begun(request: HttpRequest, **options: Any) -> HttpResponse:
        return HttpResponse() if request.method == "HEAD" else begin(request, **options)

    return cast(Begin, begun)


@not_by_a_look
def begin_journey(  # noqa: PLR0913 - all that whoever begins one can say about it
    request: HttpRequest,
    *,
    user_flow: UserFlow,
    return_to: str,
    purpose: str = Journey.Purpose.SIGN_IN,
    client_id: str = "",
    application_name: str = "",
    application_look: Mapping[str, str] | None = None,
    redirect_origins: Sequence[str] = (),
    context: dict[str, Any] | None = None,
    language: str = "",
    email: str = "",
    confirms: Account | None = None,
    wanted_methods: Sequence[str] = (),
    first_page: str = "",
    because: str = "",
    more: More = NOTHING_MORE,
    journey_id: UUID | None = None,
    answer: Callable[[HttpRequest, Journey], HttpResponse] = lead_on,
) -> HttpResponse:
    """Send the browser to the first page of a new journey (303), or `answer` by it, and after success to `return_to`.

    That is a path of this tenant in which `{journey}` stands for the journey's ID. `client_id` and `application_name`
    say for which application, `application_look` what pages and mails show of it (see the model); `redirect_origins`
    are the origins (or schemes, with their colon) that lie behind that path; `email` fills the first page in;
    `language` goes before what the browser asks for. By `journey_id`, a new ID, whoever begins it can find it again.

    `confirms` is an account that is known here and shall prove once more that its owner sits there: its address is
    given, and the pages say so. `wanted_methods` are names of steps: only by one of these the customer shall sign in,
    if the flow has any. `first_page` is the name of a URL that takes the journey's ID, for a page that comes before the
    first step. `because` is what the first pages say about why the customer is there, and `more` what else is asked.
    Raises `TooManyAttempts`, noted in the audit log, if too many are begun from this network.
    """
    _count(request, user_flow=user_flow, client_id=client_id, application_name=application_name)
    key = "" if browser_digest(request) else new_key()
    journey = Journey(
        id=journey_id or uuid4(),
        user_flow=user_flow,
        browser_digest=digest_of(key) if key else browser_digest(request),
        purpose=purpose,
        return_to=return_to,
        client_id=client_id,
        application_name=application_name[:256],
        application_look=dict(application_look or {}),
        redirect_origins=list(redirect_origins),
        context=context or {},
        language=language[:16],
        email=email[:254],
        wanted_methods=list(wanted_methods),
        second_factor=more.second_factor,
        factors=list(more.factors),
        step_data=_notes(request, because, more),
        typed=dict(more.typed),
        flow_number=user_flow.number,
        expires_at=timezone.now() + LIFETIME,
    )
    _set_out(journey, request, confirms)
    response = see_other(reverse(first_page, args=[journey.pk])) if first_page else answer(request, journey)
    return keep_browser(request, response, key, journey.browser_digest)


def keep_browser(request: HttpRequest, response: HttpResponse, key: str, digest: str) -> HttpResponse:
    """The response, by which the browser keeps a new key, if there is one, and over its closing what it is bound by."""
    response = give_key(response, key) if key else response
    return outlive_closing(request, response, digest, seconds=int(LIFETIME.total_seconds()))


def _notes(request: HttpRequest, because: str, more: More) -> dict[str, Any]:
    """What steps are told from the start."""
    notes = {**more.notes, **({BECAUSE: {"of": because}} if because else {})}
    return {**notes, SESSION: session_note(request)} if more.adds_to_session else notes


def _set_out(journey: Journey, request: HttpRequest, confirms: Account | None) -> None:
    visitor = visitor_of(request)
    _note_browser(journey, request)
    if confirms:
        journey.email = confirms.email
        journey.note(CONFIRMS, account_id=str(confirms.pk))
        if journey.purpose in {SIGN_IN, CHANGE}:
            journey.belongs_to(confirms)
    journey.client_ip, journey.client_name = visitor.known_ip, visitor.browser_name
    insert(journey)
    of_journeys.begun()


def _note_browser(journey: Journey, request: HttpRequest) -> None:
    """What the browser that sends this request remembers, and where it is."""
    journey.remembered, journey.host = partial(remembered_in, request), partial(host_of, request)
    journey.puts_passkey_off = partial(is_put_off, request)


def _count(request: HttpRequest, *, user_flow: UserFlow, client_id: str, application_name: str) -> None:
    try:
        count_begun(JOURNEYS, client_ip(request))
    except TooManyAttempts as refusal:
        about = Circumstances(client_id=client_id, application=application_name, user_flow=user_flow.name)
        record_refused("customer.sign_in_failed", actor=Actor("customer"), refusal=refusal, circumstances=about)
        raise


def begin_again(request: HttpRequest, journey: Journey, *, purpose: str = "") -> HttpResponse:
    """Go on with the same aim from the address that was typed: the same way, with all else that was typed there, or
    another by `purpose`. Where nobody would have to prove the address before they read it all, they have to know it.

    Where its user flow isn't in use any more, the default one counts; where that has no passwords, none is chosen.
    Raises `TooManyAttempts`.
    """
    purpose = purpose or journey.purpose
    if not (journey.is_trial_run or is_used(journey.user_flow_id)):
        journey.user_flow = default_flow()
    if purpose in {RESET, CHANGE} and not journey.rules.has_passwords:
        purpose = SIGN_IN
    typed = typed_so_far(journey) if purpose == journey.purpose else {}
    order = {name: note for name, note in journey.step_data.items() if name == VERIFIES_FIRST}
    is_held_back = bool(journey.email) and verifies_last(JourneyState(purpose, step_data=order), journey.rules)
    more = More(notes=held_back(typed, email=journey.email)) if is_held_back else More(notes=order, typed=typed)
    return begin_journey(
        request,
        user_flow=journey.user_flow,
        return_to=journey.return_to,
        purpose=purpose,
        client_id=journey.client_id,
        application_name=journey.application_name,
        application_look=journey.application_look,
        redirect_origins=journey.redirect_origins,
        context=journey.context,
        language=journey.language,
        email="" if is_held_back else journey.email,
        wanted_methods=journey.wanted_methods,
        more=replace(more, second_factor=journey.second_factor, factors=journey.factors),
    )


def journey_of(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """This browser's journey, if it may still go on."""
    journey = any_journey_of(request, journey_id)
    return journey if journey and journey.is_open else None


def any_journey_of(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """This browser's journey, be it open, finished or expired; none where its user flow has gone meanwhile."""
    digest = browser_digest(request)
    return _as_here(request, read_one(Journey, OF_BROWSER, [journey_id, digest]) if digest else None)


def left_journey(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """The journey that this browser began before it was closed, be it open, finished or expired; also one that was
    picked up since, in another tab or by whoever has its cookie, as long as no address was given there.
    """
    digests = digests_before_closing(request, seconds=int(LIFETIME.total_seconds()))
    asked = [journey_id, digests, digests]
    return _as_here(request, read_one(Journey, LEFT_IN_BROWSER, asked) if digests else None)


def _as_here(request: HttpRequest, journey: Journey | None) -> Journey | None:
    """The journey, with what is known of it in this browser alone."""
    if journey is None:
        return None
    try:
        journey.user_flow = flow_by_id(journey.user_flow_id)
    except UserFlow.DoesNotExist:
        return None
    _note_browser(journey, request)
    if SESSION in journey.step_data and journey.step_data[SESSION] != session_note(request):
        # Signed out meanwhile: what was proved then counts no more.
        del journey.step_data[SESSION]
    return journey


def application_of(journey_id: UUID) -> dict[str, str]:
    """Name, address and client ID of the application that a journey was begun for, whosever it is."""
    journey = Journey.objects.filter(pk=journey_id).exclude(application_name="").first()
    if journey is None:
        return {}
    start_url = journey.application_look.get("start_url", "")
    url = application_address(journey.redirect_origins, start_url=start_url)
    return {"application_name": journey.application_name, "application_url": url, "client_id": journey.client_id}


def finished_journey(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """The journey by which the account signed in here came, in this browser and less than ten minutes ago."""
    journey = _just_finished(request, journey_id)
    return journey if journey and journey.account_id == request.user.pk else None


def finished_by_any_here(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """The same, be it by an account beside the current one, which it takes the place of: what follows is about it."""
    journey = _just_finished(request, journey_id)
    if journey is None or journey.account_id == request.user.pk:
        return journey
    owner = next((person for person in others_here(request) if person.account.pk == journey.account_id), None)
    if owner is None:
        return None
    change_to(request, owner)
    return journey


def _just_finished(request: HttpRequest, journey_id: UUID) -> Journey | None:
    journey = any_journey_of(request, journey_id)
    if journey is None or journey.finished_at is None or journey.finished_at < timezone.now() - COLLECTABLE_FOR:
        return None
    return journey
