"""Writing events. What is recorded can't be changed afterwards."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self, cast
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.utils import timezone

from audit.models import MAX_NAME, AbstractEvent, Category, Event, Result
from audit.reasons import Reason
from common.database.rows import Statement, ask, inserting
from common.web.current_request import current_request
from common.web.limits import Limit, TooManyAttempts, count_together

CUSTOMER, APPLICATION = "customer", "application"
# One row for each account, in one statement. What is the same for all of them is said once.
FOR_MANY = """
    INSERT INTO audit_event (action, result, reason, actor_kind, actor_id, actor_name, target_kind, target_id,
        target_name, browser, details, category, account_id, client_id, application, user_flow, method)
    SELECT %(action)s, 'success', '', %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(target_kind)s,
        coalesce(%(target_id)s, account.id::text), coalesce(%(target_name)s, left(account.name, 320)),
        '', %(details)s, %(category)s, account.id, '', '', '', ''
    FROM unnest(%(ids)s::uuid[], %(names)s::text[]) WITH ORDINALITY AS account(id, name, place)
    ORDER BY account.place
"""
TOGETHER = 1000
# However many try, refused attempts fill no disk: about 600 bytes each, with their places in the indexes.
REFUSALS_NOTED = Limit("refusals noted", 1000, 3600)
FAILURES_NOTED = Limit("failures noted by subject", 60, 3600)
# What limits let be judged, they let whoever has thousands of networks have judged from each: 60 MB of it an hour.
JUDGED_NOTED = Limit("judged failures noted", 100_000, 3600)


@dataclass(frozen=True)
class Actor:
    """Who does something: kind (administrator, customer, application, command, system), ID and name as known then."""

    kind: str
    id: str = ""
    name: str = ""

    @classmethod
    def command(cls) -> Self:
        """Somebody at the command line of the installation."""
        return cls("command", name="Command line")

    @classmethod
    def system(cls) -> Self:
        """The product itself, such as a job on a schedule."""
        return cls("system", name="CIAM Portal")

    @property
    def columns(self) -> dict[str, str]:
        """The columns of a row that tell whose it is."""
        return {"actor_kind": self.kind, "actor_id": self.id, "actor_name": self.name}

    @property
    def category(self) -> Category:
        """Where what this one does is looked for."""
        return Category.ACTIVITY if self.kind in {CUSTOMER, APPLICATION} else Category.ADMINISTRATION


@dataclass(frozen=True)
class Circumstances:
    """In which application, user flow and way something happened, where actor and target don't tell.

    `account_id` and `client_id` follow from an actor or target that is an account or an application; `application` and
    `user_flow` are names, `step` is the page of the flow, `method` is how somebody proved who they are, such as
    `password`. `ip` and `browser` are for what is done later than the request that asked for it. What comes of an
    administrator who runs a user flow (`is_trial_run`) says so in its details: figures leave it out.
    """

    account_id: UUID | str | None = None
    client_id: str = ""
    application: str = ""
    user_flow: str = ""
    step: str = ""
    method: str = ""
    journey_id: UUID | None = None
    ip: str = ""
    browser: str = ""
    is_trial_run: bool = False


def record(
    action: str,
    *,
    actor: Actor,
    target: models.Model | None = None,
    circumstances: Circumstances | None = None,
    reason: Reason | None = None,
    details: dict[str, Any] | None = None,
    event_model: type[AbstractEvent] = Event,
) -> None:
    """Write one event beside what it tells of; call it inside the same transaction.

    With a `reason` it tells of something refused. `details` may hold identifiers and the names of changed fields, never
    a secret or a password. From where it came is known from the request being answered.
    """
    statement = recording(
        action,
        actor=actor,
        target=target,
        circumstances=circumstances,
        reason=reason,
        details=details,
        event_model=event_model,
    )
    ask(*statement)


def recording(
    action: str,
    *,
    actor: Actor,
    target: models.Model | None = None,
    circumstances: Circumstances | None = None,
    reason: Reason | None = None,
    details: dict[str, Any] | None = None,
    event_model: type[AbstractEvent] = Event,
) -> Statement:
    """The statement that does so, for whoever runs it as a part of another one in that transaction."""
    return inserting(_event(event_model, action, actor, target, circumstances, reason, details))


def _event(
    event_model: type[AbstractEvent],
    action: str,
    actor: Actor,
    target: models.Model | None,
    circumstances: Circumstances | None,
    reason: Reason | None,
    details: dict[str, Any] | None,
) -> AbstractEvent:
    about = circumstances or Circumstances()
    return event_model(
        action=action,
        result=Result.FAILURE if reason else Result.SUCCESS,
        reason=reason or "",
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:MAX_NAME],
        target_kind=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_name=str(target)[:MAX_NAME] if target is not None else "",
        details=(details or {}) | ({"trial_run": True} if about.is_trial_run else {}),
        **_request_columns(about),
        **(_tenant_columns(actor, target, about) if event_model is Event else {}),
    )


def record_for_many(
    action: str,
    *,
    actor: Actor,
    accounts: Sequence[tuple[UUID, str]],
    target: models.Model | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write one event for each of these accounts, told by ID and name: what a job did to thousands at once.

    Each is about its account; `target` is what was acted on, if that isn't the account itself.
    """
    if not accounts:
        return
    parameters = {
        "action": action,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name[:MAX_NAME],
        "category": actor.category,
        "target_kind": (target or get_user_model())._meta.model_name,
        "target_id": str(target.pk) if target is not None else None,
        "target_name": str(target)[:MAX_NAME] if target is not None else None,
        "details": json.dumps(details or {}),
        "ids": [account_id for account_id, _ in accounts],
        "names": [name for _, name in accounts],
    }
    with connection.cursor() as cursor:
        cursor.execute(FOR_MANY, parameters)


@dataclass(frozen=True)
class Failure:
    """One of many failures that are noted together, as `record` takes them."""

    action: str
    actor: Actor
    reason: Reason
    target: models.Model | None = None
    circumstances: Circumstances = Circumstances()
    details: dict[str, Any] = field(default_factory=dict)


def record_failures(failures: Sequence[Failure]) -> None:
    """Write one event for each of these, a thousand in one statement. Whoever gathers them bounds how many they are."""
    events = (
        _event(Event, each.action, each.actor, each.target, each.circumstances, each.reason, each.details)
        for each in failures
    )
    Event.objects.bulk_create(cast(Iterable[Event], events), batch_size=TOGETHER)


def record_refused(
    action: str,
    *,
    actor: Actor,
    refusal: TooManyAttempts,
    target: models.Model | None = None,
    circumstances: Circumstances | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note an attempt that a limit refused. Call it outside of any transaction that is rolled back.

    The details say which limit: so many in so many seconds, how many it has refused, and until when it refuses. Of
    many in a row by the same one, the first, second, fourth, eighth and so on are noted, each with how many there were;
    of all of a tenant's, 1,000 an hour. So a flood leaves a trace and fills no disk.
    """
    if refusal.refused & (refusal.refused - 1):
        return
    try:
        REFUSALS_NOTED.count("")
    except TooManyAttempts:
        return
    record(
        action,
        actor=actor,
        target=target,
        circumstances=circumstances,
        reason=Reason.TOO_MANY_ATTEMPTS,
        details={**facts_of(refusal), **(details or {})},
    )


def facts_of(refusal: TooManyAttempts) -> dict[str, Any]:
    """What an event tells of a limit that refused something."""
    limit, until = refusal.attempt[0], timezone.now() + timedelta(seconds=refusal.retry_after)
    return {
        "limit": limit.name,
        "allowed": limit.attempts,
        "seconds": limit.seconds,
        "refused": refusal.refused,
        "until": until.isoformat(timespec="seconds"),
    }


def record_judged_failure(
    action: str,
    *,
    actor: Actor,
    reason: Reason,
    target: models.Model | None = None,
    circumstances: Circumstances | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note an attempt that was judged and failed: each, and in a flood beyond 100,000 an hour as refusals are noted.

    Call it outside of any transaction that is rolled back.
    """
    details = details or {}
    try:
        JUDGED_NOTED.count("")
    except TooManyAttempts as flood:
        if flood.refused & (flood.refused - 1):
            return
        details = {**details, "left_out": flood.refused}
    record(action, actor=actor, target=target, circumstances=circumstances, reason=reason, details=details)


def record_unbounded_failure(
    action: str,
    *,
    actor: Actor,
    reason: Reason,
    subject: str,
    circumstances: Circumstances | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note a failure of a kind that no limit bounds: 60 an hour by `subject`, and as many as refusals of a tenant's.

    Call it outside of any transaction that is rolled back.
    """
    try:
        count_together((FAILURES_NOTED, f"{action} {subject}"), (REFUSALS_NOTED, ""))
    except TooManyAttempts:
        return
    record(action, actor=actor, reason=reason, circumstances=circumstances, details=details)


def _request_columns(given: Circumstances) -> dict[str, Any]:
    current = current_request()
    if current is None:
        return {"ip": given.ip or None, "browser": given.browser}
    return {"ip": current.ip, "browser": current.browser, "request_id": current.id}


def _tenant_columns(actor: Actor, target: models.Model | None, given: Circumstances) -> dict[str, Any]:
    account_id, client_id, application = given.account_id, given.client_id, given.application
    if account_id is None and isinstance(target, get_user_model()):
        account_id = target.pk
    if account_id is None and actor.kind == CUSTOMER:
        account_id = actor.id or None
    if not client_id and target is not None and target._meta.model_name == APPLICATION:
        client_id, application = getattr(target, "client_id", ""), str(target)
    if not client_id and actor.kind == APPLICATION:
        client_id, application = actor.id, actor.name
    return {
        "category": actor.category,
        "account_id": account_id,
        "client_id": client_id,
        "application": application[:MAX_NAME],
        "user_flow": given.user_flow,
        "step": given.step,
        "method": given.method,
        "journey_id": given.journey_id,
    }
