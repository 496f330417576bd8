"""What the worker does for the issuer. Arguments are IDs: a job's row outlives what it is about.

A worker makes one call after another, and one that gets no answer takes seconds. So that slow applications delay others
as little as can be: one that was slow isn't called for a minute, a tenant some of whose applications were slow comes
after others, and so does whatever is tried again.
"""

import time
from datetime import UTC, datetime

from django_tasks import task

from applications.lookup.clients import client_by_id
from common.web.outgoing import OutgoingError, call
from oidc.issuer.identity import issuer_for
from oidc.models import SignOutNotification
from oidc.sign_out.policies import NOTIFICATION_ATTEMPTS, NOTIFICATION_WAITS, Patience, answer_problem
from oidc.tokens.encrypted import encrypted_id_token
from oidc.tokens.signed import sign_out_token
from oidc.wire.errors import NoEncryptionKey, SigningKeysUnreadable, TemporarilyUnavailable
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema

# After mail: an application that is slow to answer must not keep a customer waiting for a code.
PRIORITY = -30
LATER = -60
with_application = Patience(3, within=60)
with_tenant = Patience(10, within=60)

OTHERS_FIRST = "Applications of this tenant took long to answer, so others are told first."
TOO_SLOW = "It took too long to answer a moment ago, and isn't called again so soon."
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
    if _lets_others_go_first(notification):
        notification.problem = OTHERS_FIRST
        notify.using(priority=LATER).enqueue(notification_id)
    else:
        _attempt(notification)
    notification.save(update_fields=["attempts", "tried_at", "problem", "state"])


def _lets_others_go_first(notification: SignOutNotification) -> bool:
    """Once, and what has been tried comes later anyway."""
    is_new = not notification.problem
    return is_new and with_tenant.is_used_up(current_schema(), now=time.monotonic())


def _attempt(notification: SignOutNotification) -> None:
    notification.attempts += 1
    notification.tried_at = datetime.now(UTC)
    notification.problem, is_final = _send(notification)
    if is_final:
        notification.state = State.REFUSED if notification.problem else State.DELIVERED
    elif notification.attempts >= NOTIFICATION_ATTEMPTS:
        notification.state = State.FAILED
    else:
        wait = NOTIFICATION_WAITS[notification.attempts - 1]
        notify.using(priority=LATER, run_after=datetime.now(UTC) + wait).enqueue(str(notification.pk))


def _send(notification: SignOutNotification) -> tuple[str, bool]:
    """What went wrong, "" if nothing did, and whether trying again is of no use."""
    application = notification.application
    tenant = current_tenant()
    if not application.backchannel_logout_uri or tenant is None:
        return NO_ADDRESS, True
    client = client_by_id(application.client_id)
    try:
        token = sign_out_token(
            issuer_for(tenant),
            client=client,
            account_id=notification.account_id,
            sid=notification.sid,
            now=datetime.now(UTC),
        )
    except SigningKeysUnreadable:
        return UNREADABLE_KEYS, False
    try:
        # OpenID Connect Back-Channel Logout section 2.4: as its ID tokens are.
        token = encrypted_id_token(token, client)
    except (NoEncryptionKey, TemporarilyUnavailable) as error:
        return error.description[:256], False
    if with_application.is_used_up(application.client_id, now=time.monotonic()):
        return TOO_SLOW, False
    begun = time.monotonic()
    try:
        answer = call(application.backchannel_logout_uri, form={"logout_token": token})
    except OutgoingError as error:
        return str(error)[:256], False
    finally:
        now = time.monotonic()
        with_application.note(application.client_id, now - begun, now=now)
        with_tenant.note(current_schema(), now - begun, now=now)
    return answer_problem(answer.status)
