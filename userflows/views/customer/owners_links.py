"""By the owner's mailbox past what strangers have used up: the link is asked for, and what is behind it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from common.web.limits import TooManyAttempts
from userflows.forms.fields import typed_address
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts.limits import count_link_asked
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.browsers.known_browsers import know_browser
from userflows.journeys.dispatch import JourneyRequest, go_back, journey_page
from userflows.journeys.entry import SECURED, SECURED_WITHOUT_PASSWORD, begin_journey, journey_of
from userflows.journeys.events import record_too_many
from userflows.journeys.jobs import GO_ON, send_protection_notice
from userflows.journeys.progress import note_mail_language
from userflows.journeys.securing.owners_links import OwnersLink, opened_link, secure
from userflows.lookup import default_flow, flow_with_passwords, uses_password, ways_without_password
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.state import RESET, SIGN_IN
from userflows.steps.address.actions import give_address, takes_user_names

STEP = "owners-link"
LINK_SENT = _("If this address has an account, we emailed it a link. Open it in this browser to continue.")
NO_MORE_LINKS = _("No more links can be emailed for now. The link in our latest email still works.")


@journey_page
def ask(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Have the link mailed to the address that was typed, if it has an account. The page says the same for any."""
    if request.method != "POST":
        return see_other(step_url(journey))
    email = typed_address(request.POST.get("email", ""), or_user_name=takes_user_names(journey))
    if email and email != journey.email and journey.account_id is None:
        give_address(journey, email=email)
    note_mail_language(journey)
    try:
        count_link_asked(visitor_of(request), journey.whose)
    except TooManyAttempts as refusal:
        record_too_many(journey, step=STEP, refusal=refusal)
        return go_back(journey, str(NO_MORE_LINKS))
    response = go_back(journey, str(LINK_SENT), done=True)
    send_protection_notice.enqueue(str(journey.pk), GO_ON)
    return response


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def owners_link(request: HttpRequest, token: str) -> HttpResponse:
    """Say whose account it is about and what can be done; to look at it changes nothing."""
    link = opened_link(token)
    if link is None:
        return render_customer(request, "customer/link_over.html", status=410)
    if request.method == "POST" and request.POST.get("do") == "secure":
        return _secured(request, link)
    if request.method == "POST":
        return _let_on(request, link)
    context = {"email": link.account.email, "secures": link.secures, "has_password": uses_password(link.account)}
    return render_customer(request, "customer/owners_link.html", context)


def _let_on(request: HttpRequest, link: OwnersLink) -> HttpResponse:
    """From now on this browser's tries are counted apart from strangers': on with what it was at, or to sign in."""
    journey = journey_of(request, link.journey_id) if link.journey_id else None
    response: HttpResponse
    if journey:
        response = see_other(step_url(journey))
    else:
        response = begin_journey(
            request,
            user_flow=default_flow(),
            return_to=reverse("customer:profile"),
            purpose=SIGN_IN,
            email=link.account.email,
        )
    know_browser(request, response, link.account.email, reads_mail=True)
    return response


def _secured(request: HttpRequest, link: OwnersLink) -> HttpResponse:
    """Nobody is signed in any more; on to another password, or, where there was none and mail lets in, to signing in
    without one.
    """
    if not link.secures:
        return _let_on(request, link)
    had_password = uses_password(link.account)
    flow = (flow_with_passwords() if had_password else None) or default_flow()
    ways = ways_without_password(link.account, flow)
    secure(link)
    response = begin_journey(
        request,
        user_flow=flow,
        return_to=reverse("customer:profile"),
        purpose=RESET if flow.rules.has_passwords and not ways else SIGN_IN,
        email=link.account.email,
        wanted_methods=ways,
        because=SECURED if had_password else SECURED_WITHOUT_PASSWORD,
    )
    know_browser(request, response, link.account.email, reads_mail=True)
    return response
