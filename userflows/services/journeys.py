"""Beginning and finding journeys.

A journey belongs to one browser: its cookie holds 256 random bits, the row a digest of them. A link to somebody else's
journey therefore opens nothing, and nobody can be led through the end of a journey that another person began.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import OneTimeCode
from common.browsers import name_of_browser
from common.http import UNKNOWN_IP, client_ip
from common.reading import read_one
from userflows.lookup import flow_by_id
from userflows.models import Journey, UserFlow
from userflows.policies import JOURNEY_PLACE, Step, next_step

LIFETIME = timedelta(hours=1)
# How long whoever began a journey may come back for what they kept with it.
COLLECTABLE_FOR = timedelta(minutes=10)
BROWSER_COOKIE = "__Host-browser" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "browser"
KEY_BYTES = 32
OF_BROWSER = "SELECT * FROM userflows_journey WHERE id = %s AND browser_digest = %s"


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
    journey_id: UUID | None = None,
) -> HttpResponseRedirect:
    """Send the browser to the first step of a new journey (303).

    After success it is sent to `return_to`, a path of this tenant in which `{journey}` stands for the journey's ID.
    `client_id` and `application_name` say for which application, `application_look` what pages and mails show of it
    (see the model);
    `redirect_origins` are the origins (or schemes, with their colon) that lie behind that path; `email` fills the first
    page in; `language` goes before what the browser asks for. By `journey_id`, a new ID, whoever begins it
    can find it again.
    """
    key = request.COOKIES.get(BROWSER_COOKIE, "")
    is_new_browser = not key
    if is_new_browser:
        key = secrets.token_urlsafe(KEY_BYTES)
    ip = client_ip(request)
    journey = Journey.objects.create(
        id=journey_id or uuid4(),
        user_flow=user_flow,
        browser_digest=digest_of(key),
        purpose=purpose,
        return_to=return_to,
        client_id=client_id,
        application_name=application_name[:256],
        application_look=dict(application_look or {}),
        redirect_origins=list(redirect_origins),
        context=context or {},
        language=language[:16],
        email=email[:254],
        client_ip="" if ip == UNKNOWN_IP else ip,
        client_name=name_of_browser(request.headers.get("User-Agent", "")),
        expires_at=timezone.now() + LIFETIME,
    )
    response = see_other(step_url(journey))
    if is_new_browser:
        response.set_cookie(BROWSER_COOKIE, key, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def begin_again(request: HttpRequest, journey: Journey, *, purpose: str = "") -> HttpResponseRedirect:
    """Go on with the same aim from the address that was typed: the same way, or another by `purpose`."""
    return begin_journey(
        request,
        user_flow=journey.user_flow,
        return_to=journey.return_to,
        purpose=purpose or journey.purpose,
        client_id=journey.client_id,
        application_name=journey.application_name,
        application_look=journey.application_look,
        redirect_origins=journey.redirect_origins,
        context=journey.context,
        language=journey.language,
        email=journey.email,
    )


def journey_of(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """This browser's journey, if it may still go on."""
    journey = any_journey_of(request, journey_id)
    return journey if journey and is_open(journey) else None


def any_journey_of(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """This browser's journey, be it open, finished or expired."""
    key = request.COOKIES.get(BROWSER_COOKIE, "")
    if not key:
        return None
    journey = read_one(Journey, OF_BROWSER, [journey_id, digest_of(key)])
    if journey is not None:
        journey.user_flow = flow_by_id(journey.user_flow_id)
    return journey


def finished_journey(request: HttpRequest, journey_id: UUID) -> Journey | None:
    """The journey by which the account signed in here came, in this browser and less than ten minutes ago."""
    journey = any_journey_of(request, journey_id)
    if journey is None or journey.finished_at is None or journey.finished_at < timezone.now() - COLLECTABLE_FOR:
        return None
    return journey if journey.account_id == request.user.pk else None


def is_open(journey: Journey) -> bool:
    """Whether it may still go on."""
    return journey.finished_at is None and journey.expires_at > timezone.now()


def step_of(journey: Journey) -> Step:
    """The step the journey goes on with, decided from its row alone."""
    return next_step(
        purpose=journey.purpose,
        has_address=bool(journey.email),
        code_was_sent=journey.code_sent_at is not None,
        address_is_proved=journey.email_proved_at is not None,
        allows_password=journey.user_flow.allows_password,
    )


def step_url(journey: Journey, step: Step | None = None) -> str:
    """The path of a step; without one, of the step that comes next."""
    return reverse(f"customer:{step or step_of(journey)}", args=[journey.pk])


def return_url(journey: Journey) -> str:
    """Where the journey leads at its end."""
    return journey.return_to.replace(JOURNEY_PLACE, str(journey.pk))


def sweep_journeys() -> int:
    """Forget journeys that are over, and their codes, in this tenant. Returns how many there were."""
    OneTimeCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()
    swept, _ = Journey.objects.over().delete()
    return swept


def digest_of(key: str) -> str:
    """What stands in the row for the cookie's value."""
    return hashlib.sha256(key.encode()).hexdigest()


def see_other(url: str) -> HttpResponseRedirect:
    """A redirect that a browser follows by GET, whatever it sent before (RFC 9110 section 15.4.4)."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
