"""Running a user flow: an administrator goes through it as a customer of an application, and sees what was said.

The portal stands in for the application, whose secrets have no part in it. The code is exchanged within the process,
and what was made from it ends in the same transaction: nothing of it can be used by anybody, at any time.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from applications.lookup.clients import RegisteredClient
from audit.services import Actor, Circumstances, record
from common.crypto.digests import digest_of
from oidc.authorization.open_runs import request_digest
from oidc.authorization.services import push_request
from oidc.issuer.identity import Issuer
from oidc.lifetimes import RUN_LIFETIME
from oidc.models import FlowRun
from oidc.runs.answers import read_answer
from oidc.runs.records import RunRecord
from oidc.tokens.services.families import end_family
from oidc.wire.encoding import base64url
from oidc.wire.policies import challenge_of
from userflows.models import UserFlow

SECRET_BYTES = 32


@dataclass(frozen=True)
class Runner:
    """The administrator who runs a user flow, and the browser: a digest of their session's name."""

    administrator_id: UUID
    session_digest: str


def begin_run(
    *,
    flow: UserFlow,
    client: RegisteredClient,
    redirect_uri: str,
    wishes: Mapping[str, str],
    runner: Runner,
    actor: Actor,
) -> tuple[UUID, dict[str, str]]:
    """Open a run. Returns its ID and the parameters with which the browser goes to the authorization endpoint.

    The flow may be one that the application hasn't. `redirect_uri` is the portal's; `wishes` are parameters an
    application chooses (scope, prompt, ui_locales ...). One that has to push its requests, or to sign them, has this
    one pushed.
    """
    verifier = base64url(secrets.token_bytes(SECRET_BYTES))
    parameters = {
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        **wishes,
        "state": secrets.token_urlsafe(SECRET_BYTES),
        "nonce": secrets.token_urlsafe(SECRET_BYTES),
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    run_id, was_pushed = uuid4(), client.requires_pushed_requests or client.requires_signed_requests
    with transaction.atomic():
        run = FlowRun.objects.create(
            id=run_id,
            application_id=client.pk,
            user_flow=flow,
            administrator_id=runner.administrator_id,
            session_digest=runner.session_digest,
            state_digest=digest_of(parameters["state"]),
            request_digest=request_digest(parameters),
            sealed=RunRecord(parameters, was_pushed, verifier).sealed_for(run_id),
            expires_at=timezone.now() + RUN_LIFETIME,
        )
        details = {"application": client.name, "client_id": client.client_id, "scope": wishes.get("scope", "")}
        about = Circumstances(user_flow=flow.name)
        record("user_flow.run", actor=actor, target=run, circumstances=about, details=details)
        if not was_pushed:
            return run_id, parameters
        reference = push_request(client=client, parameters=parameters)
    return run_id, {"client_id": client.client_id, "request_uri": reference}


def answer_run(run: FlowRun, *, client: RegisteredClient, issuer: Issuer, response: Mapping[str, str]) -> bool:
    """Take what the authorization endpoint answered to this client, which has the flow that is run; once.

    False if the run was answered before, or its time is over: then nothing happens.
    """
    with transaction.atomic():
        if not FlowRun.objects.open().filter(pk=run.pk).update(answered_at=timezone.now()):
            return False
        sent = RunRecord.of_sealed(run.sealed, run_id=run.pk)
        answered, family = read_answer(sent, client=client, issuer=issuer, response=response, now=datetime.now(UTC))
        if family is not None:
            end_family(family)
        FlowRun.objects.filter(pk=run.pk).update(sealed=answered.sealed_for(run.pk))
    return True


def sweep_runs() -> int:
    """Delete those that nobody may look at any more, in this tenant. Returns how many there were."""
    swept, _ = FlowRun.objects.over().delete()
    return swept
