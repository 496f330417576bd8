"""Devices that ask to be let in by a browser elsewhere (RFC 8628): the wait, the customer's yes or no, and the end.

A device's code is 256 random bits, of which a digest is kept. Once a customer has said yes, an authorization code
stands for it under a name that no client can present at another grant; so all that holds for codes holds here too:
it is redeemed once, its replay revokes the family, and it ends with its session.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from applications.lookup.clients import RegisteredClient
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from audit.reasons import Reason
from audit.services import Actor, record, record_refused
from common.crypto.digests import digest_of
from common.web.limits import TooManyAttempts
from oidc.consents.services import give_consent
from oidc.devices.policies import USER_CODE_ALPHABET, USER_CODE_LENGTH
from oidc.lifetimes import CODE_KEPT_FOR, DEVICE_LIFETIME
from oidc.models import DeviceGrant
from oidc.tokens.services.codes import CODE_BYTES, SessionEnded
from oidc.tokens.sql import NewCode, keep_code
from userflows.models import Journey
from userflows.sessions.signed_in import SignInFacts

# How long a device may take to collect its tokens, however late the customer came.
COLLECTABLE_FOR = timedelta(minutes=2)
# Two codes may fall out the same; three times in a row they don't.
TRIES = 3
DEVICE_PREFIX = "device:"


class DeviceOver(Exception):
    """Nobody waits any more: the code has expired, or somebody else has decided."""


@dataclass(frozen=True)
class NewDevice:
    """What a device is told: its own code, and the one that its owner types in elsewhere."""

    device_code: str
    user_code: str


def ask_for_device(*, client: RegisteredClient, scopes: Sequence[str], apis: Sequence[str]) -> NewDevice:
    """Create a device that waits for its owner's decision."""
    device_code = secrets.token_urlsafe(CODE_BYTES)
    for tries_left in reversed(range(TRIES)):
        user_code = "".join(secrets.choice(USER_CODE_ALPHABET) for _ in range(USER_CODE_LENGTH))
        try:
            with transaction.atomic():
                DeviceGrant(
                    application_id=client.pk,
                    device_code=digest_of(device_code),
                    user_code=user_code,
                    scope=" ".join(scopes),
                    apis=list(apis),
                    expires=datetime.now(UTC) + DEVICE_LIFETIME,
                ).save(force_insert=True)
        except IntegrityError:
            if not tries_left:
                raise
        else:
            break
    return NewDevice(device_code, user_code)


def waiting_device(user_code: str) -> DeviceGrant | None:
    """The device that shows this code and waits for a decision, of an application that may do so."""
    waiting = DeviceGrant.objects.waiting(now=datetime.now(UTC)).select_related("application__user_flow")
    return waiting.filter(user_code=user_code, application__grants__contains=DEVICE_CODE).first()


def is_known_user_code(user_code: str) -> bool:
    """Whether a device has shown this code, which may have been used or have expired since."""
    return DeviceGrant.objects.filter(user_code=user_code).exists()


def device_of_journey(journey: Journey) -> DeviceGrant | None:
    """The device that a browser's journey is about, whatever has become of it."""
    devices = DeviceGrant.objects.select_related("application__user_flow")
    return devices.filter(pk=journey.context.get("device"), application__grants__contains=DEVICE_CODE).first()


def approve_device(
    device: DeviceGrant, *, account: Account, facts: SignInFacts, consents: Collection[str] = ()
) -> None:
    """Approve the device: it gets its tokens, in the customer's name. Raises `DeviceOver` or `SessionEnded`.

    `consents` are the keys of scopes that the customer allows the application from now on.
    """
    now = datetime.now(UTC)
    with transaction.atomic():
        _decide(device, DeviceGrant.AUTHORIZED, now)
        new = NewCode(
            application=device.application_id,
            client_id=device.application.client_id,
            account=account.pk,
            redirect_uri="",
            scope=device.scope,
            apis=device.apis,
            nonce="",
            code_challenge="",
            code_challenge_method="",
            dpop_jkt="",
            family=uuid4(),
            auth_time=facts.auth_time,
            sid=facts.sid,
            amr=facts.amr,
        )
        lifetime = device.expires - now + COLLECTABLE_FOR
        if not keep_code(name_of_device(device.device_code), new, now=now, lifetime=lifetime):
            raise SessionEnded
        if consents:
            give_consent(account, device.application, scopes=consents)
        _record("device.approved", device.application, account)


def deny_device(device: DeviceGrant, *, account: Account) -> None:
    """Tell the device that it gets nothing. Raises `DeviceOver`."""
    with transaction.atomic():
        _decide(device, DeviceGrant.DENIED, datetime.now(UTC))
        _record("device.denied", device.application, account)


def name_of_device(digest: str) -> str:
    """Under which an approved device's code stands among the authorization codes, whose digests have no colon."""
    return DEVICE_PREFIX + digest


def sweep_devices() -> int:
    """Delete devices whose codes can't even be replayed any more, in this tenant. Returns how many there were."""
    swept, _ = DeviceGrant.objects.filter(expires__lt=datetime.now(UTC) - CODE_KEPT_FOR).delete()
    return swept


def _decide(device: DeviceGrant, status: str, now: datetime) -> None:
    """The first decision counts."""
    waiting = DeviceGrant.objects.waiting(now=now).filter(pk=device.pk)
    if not waiting.update(status=status):
        raise DeviceOver


def record_wrong_code(user: object, *, refusal: TooManyAttempts | None = None) -> None:
    """Note that somebody, signed in or not, typed a code with which no device waits, or was refused another try."""
    actor = actor_of(user) if isinstance(user, Account) else Actor("customer")
    if refusal:
        record_refused("device.code_refused", actor=actor, refusal=refusal)
    else:
        record("device.code_refused", actor=actor, reason=Reason.CODE_WRONG)


def _record(action: str, application: Application, account: Account) -> None:
    record(action, actor=actor_of(account), target=application)
