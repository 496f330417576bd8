"""Beginning the journeys that a link from a mail opens, or that go on from an account which such a link made theirs."""

from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Account
from userflows.journeys.entry import begin_journey
from userflows.journeys.next_step import FINISH, due_step
from userflows.journeys.progress import save_progress
from userflows.journeys.registry import table
from userflows.links.destinations import LinkedApplication, destination
from userflows.links.services import redeem
from userflows.lookup import default_flow, flow_by_id
from userflows.models import Journey
from userflows.policies import JOURNEY_PLACE
from userflows.rows.mail_links import MailLink
from userflows.state import INVITATION, LINK, PASSWORD, RESET, SIGN_IN
from userflows.steps.password.actions import AMR as PASSWORD_AMR

AMR = "otp"


def follow(request: HttpRequest, token: str) -> HttpResponse | None:
    """Redeem the link and begin the journey that it opens; None if it isn't good any more. Raises `TooManyAttempts`."""
    with transaction.atomic():
        found = redeem(token)
        if found is None:
            return None
        link, account = found
        is_invitation = link.kind == MailLink.Kind.INVITATION
        return begin_proved(request, account, is_invited=is_invitation, to=destination(link.client_id))


def begin_proved(
    request: HttpRequest, account: Account, *, is_invited: bool = False, to: LinkedApplication | None = None
) -> HttpResponse:
    """A journey whose address a link from a mail has proved: to a password, where customers have one, and to the
    profile, or to this application. Raises `TooManyAttempts`.
    """
    flow, journey_id = flow_by_id(to.flow_id) if to else default_flow(), uuid4()
    # A journey for an application leads there once it is over, and so does one that goes on for it.
    at_its_end = reverse("customer:journey", args=[journey_id]).replace(str(journey_id), JOURNEY_PLACE)
    response = begin_journey(
        request,
        user_flow=flow,
        purpose=RESET if flow.rules.has_passwords else SIGN_IN,
        return_to=at_its_end if to else reverse("customer:profile"),
        client_id=to.client_id if to else "",
        application_name=to.name if to else "",
        application_look=to.look if to else None,
        redirect_origins=to.origins if to else (),
        email=account.email,
        first_page="customer:journey",
        journey_id=journey_id,
    )
    journey = Journey.objects.select_related("user_flow").get(pk=journey_id)
    journey.prove(LINK, amr=AMR, account=account)
    if is_invited:
        journey.note(INVITATION, is_open=True)
    save_progress(journey)
    return response


def begin_with_password(request: HttpRequest, account: Account, *, return_to: str) -> HttpResponse:
    """A journey of whoever has just chosen the password of an account that a link from a mail made theirs. It isn't
    asked for once more, unless more than that is asked for. Raises `TooManyAttempts`.
    """
    journey_id = uuid4()
    response = begin_journey(
        request,
        user_flow=default_flow(),
        return_to=return_to,
        email=account.email,
        first_page="customer:journey",
        journey_id=journey_id,
    )
    journey = Journey.objects.select_related("user_flow").get(pk=journey_id)
    journey.prove(PASSWORD, amr=PASSWORD_AMR, account=account)
    if due_step(journey.state, journey.rules, table()) is FINISH:
        save_progress(journey)
    return response
