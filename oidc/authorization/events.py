"""What the audit log is told of refused requests for sign-in. Anybody can send them, so 60 an hour are noted."""

from django.http import HttpRequest

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from applications.lookup.clients import RegisteredClient
from audit.reasons import Reason
from audit.services import APPLICATION, Actor, Circumstances, record_judged_failure, record_unbounded_failure
from common.web.http import client_ip, network_of
from oidc.wire.errors import LoginRequired, PageRefusal, ProtocolError, TooManyRequests
from userflows.models import Journey

# An application that only looks whether somebody is signed in, and limits, which have events of their own.
NOT_NOTED = (LoginRequired, TooManyRequests)
MOST_OF_CLIENT_ID, MOST_SHOWN = 64, 300


def record_page_refusal(request: HttpRequest, refusal: PageRefusal) -> None:
    """Note a request that is answered by a page, as nobody knows where else to send the browser."""
    sent = request.GET or request.POST
    client_id = refusal.client_id or sent.get("client_id", "")[:MOST_OF_CLIENT_ID].replace("\0", "")
    details = {"description": refusal.detail}
    if refusal.reason is Reason.REDIRECT_URI_WRONG:
        # Without what stands behind "?": whatever is in there is between application and customer.
        details["redirect_uri"] = sent.get("redirect_uri", "").partition("?")[0][:MOST_SHOWN].replace("\0", "")
    record_unbounded_failure(
        "application.request_refused",
        actor=Actor(APPLICATION, client_id, refusal.application_name),
        reason=refusal.reason,
        subject=refusal.client_id or network_of(client_ip(request)),
        details=details,
    )


def record_error(client: RegisteredClient, error: ProtocolError) -> None:
    """Note a request of this application that was answered by an error."""
    if isinstance(error, NOT_NOTED):
        return
    details = {"error": error.code, "description": error.description[:MOST_SHOWN]}
    record_unbounded_failure(
        "application.request_refused",
        actor=Actor(APPLICATION, client.client_id, client.name),
        reason=Reason.REQUEST_REFUSED,
        subject=client.client_id,
        details=details,
    )


def record_consent_refused(journey: Journey, account: Account) -> None:
    """Note that a customer said no to what the application asked for."""
    about = Circumstances(
        client_id=journey.client_id,
        application=journey.application_name,
        user_flow=journey.user_flow.name,
        journey_id=journey.pk,
    )
    record_judged_failure(
        "customer.consent_refused", actor=actor_of(account), circumstances=about, reason=Reason.CONSENT_REFUSED
    )
