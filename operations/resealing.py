"""Sealing anew under today's encryption key what was sealed under an earlier one, so that the earlier can be taken out.

Tenant by tenant and batch by batch: whatever stops it, the next run goes on with what is left. A value that changed
while it was being sealed is left alone; whoever changed it sealed it anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

import accounts.credentials.breaches
import accounts.factors.services
import captcha.description
import hooks.calls.deliveries
import hooks.wire.signing
import logs.forwarding.shared_secret
import mail.bodies
import mail.own_servers.description
import oidc.keys.loaded
import oidc.runs.records
import oidc.tokens.subjects
import providers.credentials
import sms.sealing
import sms.senders.description
from accounts.models import AuthenticatorApp, Recovery, UncheckedPassword
from audit.services import Actor, record
from captcha.models import CaptchaSettings
from common.crypto.encryption import CannotUnseal, first_key_id, seal, unseal
from hooks.models import Delivery, Hook
from logs.models import Destination
from logs.seals.vouching import vouch
from mail.models import Message, OwnServer
from oidc.models import FlowRun, SigningKey, SubjectKey
from providers.models import IdentityProvider
from sms.models import TextMessage, TextSettings
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import current_schema
from tenants.schema.upgrade import migration_state

BATCH = 200


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, "" being none. `context_of` says what the value in a row is sealed for."""

    model: Any
    name: str
    context_of: Callable[[Any], str]


def _context_of_key(row: SigningKey) -> str:
    return oidc.keys.loaded.sealing_context(current_schema(), row.kid)


def _context_of_subjects(_row: SubjectKey) -> str:
    return oidc.tokens.subjects.sealing_context()


def _context_of_message(row: Message) -> str:
    return mail.bodies.sealing_context(row.pk)


def _context_of_mail_server(_row: OwnServer) -> str:
    return mail.own_servers.description.sealing_context()


def _context_of_header(row: Hook) -> str:
    return hooks.wire.signing.header_context(row.pk)


def _context_of_captcha(_row: CaptchaSettings) -> str:
    return captcha.description.sealing_context()


def _context_of_run(row: FlowRun) -> str:
    return oidc.runs.records.sealing_context(row.pk)


def _context_of_destination(row: Destination) -> str:
    return logs.forwarding.shared_secret.sealing_context(row.pk)


def _context_of_app(row: AuthenticatorApp | Recovery) -> str:
    return accounts.factors.services.sealing_context(row.pk)


def _context_of_unchecked(row: UncheckedPassword) -> str:
    return accounts.credentials.breaches.sealing_context(row.pk)


def _context_of_provider(row: IdentityProvider) -> str:
    return providers.credentials.sealing_context(row.pk)


def _context_of_text(row: TextMessage) -> str:
    return sms.sealing.sealing_context(row.pk)


def _context_of_sms_provider(_row: TextSettings) -> str:
    return sms.senders.description.sealing_context()


def _context_of_hook(row: Hook) -> str:
    return hooks.wire.signing.sealing_context(row.pk)


def _context_of_delivery(row: Delivery) -> str:
    return hooks.calls.deliveries.sealing_context(row.message_id)


SEALED_COLUMNS = [
    SealedColumn(SigningKey, "sealed_private_key", _context_of_key),
    SealedColumn(SubjectKey, "sealed", _context_of_subjects),
    SealedColumn(Message, "sealed_body", _context_of_message),
    SealedColumn(OwnServer, "sealed_password", _context_of_mail_server),
    SealedColumn(TextMessage, "sealed_text", _context_of_text),
    SealedColumn(TextSettings, "sealed_secret", _context_of_sms_provider),
    SealedColumn(CaptchaSettings, "sealed_secret", _context_of_captcha),
    SealedColumn(IdentityProvider, "sealed_secret", _context_of_provider),
    SealedColumn(IdentityProvider, "sealed_private_key", _context_of_provider),
    SealedColumn(FlowRun, "sealed", _context_of_run),
    SealedColumn(Destination, "sealed_secret", _context_of_destination),
    SealedColumn(Destination, "sealed_old_secret", _context_of_destination),
    SealedColumn(Hook, "sealed_secret", _context_of_hook),
    SealedColumn(Hook, "sealed_old_secret", _context_of_hook),
    SealedColumn(Hook, "sealed_header", _context_of_header),
    SealedColumn(Delivery, "sealed_request", _context_of_delivery),
    SealedColumn(AuthenticatorApp, "sealed_secret", _context_of_app),
    SealedColumn(Recovery, "sealed_secret", _context_of_app),
    SealedColumn(UncheckedPassword, "sealed_digest", _context_of_unchecked),
]


@dataclass
class Resealing:
    """What became of one tenant: how many values were sealed anew, and how many couldn't be, by reason.

    A tenant in another release's state has no count, since nothing of it was touched.
    """

    domain: str
    resealed: int = 0
    problems: dict[str, int] = field(default_factory=dict)

    def note(self, problem: str) -> None:
        """Count one value more that can't be read for this reason."""
        self.problems[problem] = self.problems.get(problem, 0) + 1


def tenants_to_reseal(domain: str = "") -> list[Tenant]:
    """All tenants, whatever their state: a suspended or deleted one may come back."""
    with schema_context(PUBLIC):
        tenants = Tenant.objects.order_by("slug")
        return list(tenants.filter(slug=domain) if domain else tenants)


def reseal_tenant(tenant: Tenant, *, actor: Actor) -> Resealing:
    """Seal anew whatever of this tenant isn't sealed under the first key."""
    outcome = Resealing(tenant.slug)
    if tenant.migration_state != migration_state():
        outcome.note("It isn't at the state of this release; run `manage.py upgrade` first.")
        return outcome
    with tenant_context(tenant):
        for column in SEALED_COLUMNS:
            last: Any = None
            while batch := _batch(column, after=last):
                _reseal(column, batch, outcome, actor)
                last = batch[-1].pk
    if problem := vouch(tenant.schema_name):
        outcome.note(problem)
    return outcome


def reseal_installation() -> Resealing:
    """Let the first key stand for the seals of the installation's log; it has nothing else that is sealed."""
    outcome = Resealing("installation")
    if problem := vouch(PUBLIC):
        outcome.note(problem)
    return outcome


def _batch(column: SealedColumn, *, after: Any) -> list[Any]:
    """The next rows whose value another key has sealed."""
    rows = column.model.objects.exclude(**{f"{column.name}__startswith": f"{first_key_id()}."})
    rows = rows.exclude(**{column.name: ""}).order_by("pk")
    return list((rows.filter(pk__gt=after) if after else rows)[:BATCH])


def _reseal(column: SealedColumn, batch: list[Any], outcome: Resealing, actor: Actor) -> None:
    """Seal the values of these rows anew, all or none."""
    resealed = 0
    with transaction.atomic():
        for row in batch:
            sealed, context = getattr(row, column.name), column.context_of(row)
            try:
                anew = seal(unseal(sealed, context=context), context=context)
            except CannotUnseal as error:
                outcome.note(str(error))
                continue
            unchanged = column.model.objects.filter(pk=row.pk, **{column.name: sealed})
            resealed += unchanged.update(**{column.name: anew})
        if resealed:
            details = {"kind": column.model._meta.model_name, "values": resealed, "encryption_key": first_key_id()}
            record("encryption.resealed", actor=actor, details=details)
    outcome.resealed += resealed
