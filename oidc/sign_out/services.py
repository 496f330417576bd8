"""Telling applications that a session has ended: by a call to each, and through the browser at hand."""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.sessions.signals import EndedSession
from applications.models import Application
from oidc.lifetimes import NOTIFICATIONS_KEPT_FOR
from oidc.models import RefreshToken, SignOutNotification
from oidc.sign_out.jobs import PRIORITY, notify


def visits_of(sessions: Iterable[EndedSession]) -> set[tuple[UUID, str, str]]:
    """Who was where, as (account, session, client ID)."""
    return {(ended.account_id, ended.sid, client_id) for ended in sessions for client_id in ended.client_ids}


def visits_kept_alive(account_id: UUID) -> set[tuple[UUID, str, str]]:
    """Where the account still has refresh tokens, also from sessions that ended by themselves long ago."""
    alive = RefreshToken.objects.filter(user_id=account_id, revoked=None, expires_at__gt=datetime.now(UTC))
    return {(account_id, sid, client_id) for sid, client_id in alive.values_list("sid", "application__client_id")}


def queue_notifications(
    visits: set[tuple[UUID, str, str]], *, everywhere: bool = False, priority: int = PRIORITY
) -> None:
    """Queue a notification for each application that wants to know, in the transaction of the change that caused it.

    An application that doesn't require sessions hears of a sign-out `everywhere` once.
    """
    listening = {
        application.client_id: application
        for application in _visited(visits)
        .exclude(backchannel_logout_uri="")
        .only("pk", "client_id", "backchannel_logout_session_required")
    }
    wanted = dict.fromkeys(
        (
            client_id,
            account_id,
            "" if everywhere and not listening[client_id].backchannel_logout_session_required else sid,
        )
        for account_id, sid, client_id in sorted(visits, key=str)
        if client_id in listening
    )
    with transaction.atomic():
        notifications = SignOutNotification.objects.bulk_create(
            SignOutNotification(application=listening[client_id], account_id=account_id, sid=sid)
            for client_id, account_id, sid in wanted
        )
        for notification in notifications:
            notify.using(priority=priority).enqueue(str(notification.pk))


def frames_for(visits: set[tuple[UUID, str, str]], *, issuer: str) -> list[str]:
    """What the browser shall load, so that applications forget its owner (Front-Channel Logout section 3)."""
    rows = _visited(visits).exclude(frontchannel_logout_uri="")
    addresses = {
        client_id: (uri, names_session)
        for client_id, uri, names_session in rows.values_list(
            "client_id", "frontchannel_logout_uri", "frontchannel_logout_session_required"
        )
    }
    return [
        _with_session(*addresses[client_id], issuer=issuer, sid=sid)
        for _, sid, client_id in sorted(visits, key=str)
        if client_id in addresses
    ]


def sweep_notifications() -> int:
    """Delete what was delivered or given up long ago, in this tenant. Returns how many notifications there were."""
    edge = datetime.now(UTC) - NOTIFICATIONS_KEPT_FOR
    swept, _ = SignOutNotification.objects.filter(created_at__lt=edge).delete()
    return swept


def _visited(visits: set[tuple[UUID, str, str]]) -> QuerySet[Application]:
    return Application.objects.filter(client_id__in={client_id for _, _, client_id in visits})


def _with_session(uri: str, names_session: bool, *, issuer: str, sid: str) -> str:
    if not names_session:
        return uri
    separator = "&" if "?" in uri else "?"
    return f"{uri}{separator}{urlencode({'iss': issuer, 'sid': sid})}"
