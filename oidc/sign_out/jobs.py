"""What the worker does for the issuer. Arguments are IDs: a job's row outlives what it is about."""

from datetime import UTC, datetime

from django_tasks import task

from common.outgoing import OutgoingError, call
from oidc.issuer.identity import issuer_for
from oidc.models import SignOutNotification
from oidc.sign_out.policies import NOTIFICATION_ATTEMPTS, NOTIFICATION_WAITS, answer_problem
from oidc.tokens.signed import sign_out_token
from oidc.wire.errors import SigningKeysUnreadable
from tenants.lookup import current_tenant

# After mail: an application that is slow to answer must not keep a customer waiting for a code.
PRIORITY = -10
UNREADABLE_KEYS = "The tenant's signing keys can't be read; CIAM_ENCRYPTION_KEYS lacks the key that sealed them."
NO_ADDRESS = "The application has no back-channel logout URI any more."

State = SignOutNotification.State


@task(priority=PRIORITY)
def notify(notification_id: str) -> None:
    """Tell one application that a session has ended, with a token made for this attempt."""
    waiting = SignOutNotification.objects.filter(pk=notification_id, state=State.WAITING)
    notification = waiting.select_related("application").first()
    if notification is None:
        return
    notification.attempts += 1
    notification.tried_at = datetime.now(UTC)
    notification.problem, is_final = _send(notification)
    if is_final:
        notification.state = State.REFUSED if notification.problem else State.DELIVERED
    elif notification.attempts >= NOTIFICATION_ATTEMPTS:
        notification.state = State.FAILED
    else:
        wait = NOTIFICATION_WAITS[notification.attempts - 1]
        notify.using(run_after=datetime.now(UTC) + wait).enqueue(str(notification.pk))
    notification.save(update_fields=["attempts", "tried_at", "problem", "state"])


def _send(notification: SignOutNotification) -> tuple[str, bool]:
    """What went wrong, "" if nothing did, and whether trying again is of no use."""
    application = notification.application
    tenant = current_tenant()
    if not application.backchannel_logout_uri or tenant is None:
        return NO_ADDRESS, True
    try:
        issuer = issuer_for(tenant)
    except SigningKeysUnreadable:
        return UNREADABLE_KEYS, False
    token = sign_out_token(
        issuer,
        client_id=application.client_id,
        algorithm=application.id_token_algorithm,
        account_id=notification.account_id,
        sid=notification.sid,
        now=datetime.now(UTC),
    )
    try:
        answer = call(application.backchannel_logout_uri, form={"logout_token": token})
    except OutgoingError as error:
        return str(error)[:256], False
    return answer_problem(answer.status)
