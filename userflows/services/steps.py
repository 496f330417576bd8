"""What a step changes about its journey. Each is one transaction; a journey finishes once."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.credentials.services.codes import redeem_code
from accounts.credentials.services.passwords import change_password
from accounts.errors import CodeRefused
from accounts.identity.services.accounts import actor_of, create_account
from accounts.models import Account
from audit.services import Actor, record
from common.http import client_ip
from userflows.jobs import send_code, send_password_notice
from userflows.models import Journey
from userflows.sign_ins import CODE, PASSWORD, forget_session, sign_in

MOST_TYPED = 16_000


class JourneyOver(Exception):
    """The journey has ended meanwhile, in another tab or by a second press."""


def record_address(journey: Journey, *, email: str, sends_code: bool) -> None:
    """Go on with this address, proved or not before; a code for it is on its way if the method wants one."""
    journey.email, journey.email_proved_at = email, None
    journey.code_sent_at = timezone.now() if sends_code else None
    journey.mail_language, journey.typed = get_language() or "", {}
    with transaction.atomic():
        journey.save(update_fields=["email", "email_proved_at", "code_sent_at", "mail_language", "typed"])
        if sends_code:
            send_code.enqueue(str(journey.pk))


def ask_for_code(journey: Journey) -> None:
    """Have a code sent. An earlier one is good until this one is made."""
    journey.code_sent_at, journey.mail_language = timezone.now(), get_language() or ""
    with transaction.atomic():
        journey.save(update_fields=["code_sent_at", "mail_language"])
        send_code.enqueue(str(journey.pk))


def turn(journey: Journey, *, purpose: str, email: str) -> None:
    """Take another way (sign up, sign in, reset) from here. What was proved on the former way doesn't count on it."""
    journey.purpose, journey.email, journey.typed = purpose, email, {}
    journey.code_sent_at = journey.email_proved_at = None
    journey.save(update_fields=["purpose", "email", "typed", "code_sent_at", "email_proved_at"])


def speak_language(journey: Journey, *, language: str) -> None:
    """Go on in another language."""
    journey.language = language
    journey.save(update_fields=["language"])


def keep_typed(journey: Journey, *, typed: Mapping[str, Any]) -> None:
    """Keep what was typed on a page until it is shown in another language, unless nobody would type that much."""
    written = json.dumps(typed)
    # PostgreSQL has no place for the character U+0000.
    if len(written) > MOST_TYPED or r"\u0000" in written:
        return
    journey.typed = typed
    journey.save(update_fields=["typed"])


def prove_address(journey: Journey, *, code: str) -> None:
    """Prove the address by the code. Raises `CodeRefused`."""
    # Not inside a transaction of its own: a refusal must leave its count of wrong tries behind.
    redeem_code(journey.pk, proves=journey.claim, typed=code, asked_at=journey.code_sent_at)
    journey.email_proved_at = timezone.now()
    # Only for the address the code was sent to: another tab may have changed it since.
    same = Journey.objects.open().filter(pk=journey.pk, email=journey.email, purpose=journey.purpose)
    if not same.update(email_proved_at=journey.email_proved_at):
        raise CodeRefused(is_spent=True)


def finish_with_password(request: HttpRequest, journey: Journey, account: Account) -> None:
    """Sign in the account whose password was right. Raises `JourneyOver`."""
    with transaction.atomic():
        _finish(request, journey, account, method=PASSWORD)


def finish_with_code(request: HttpRequest, journey: Journey) -> None:
    """Sign in whose address the code has just proved. Raises `JourneyOver`, or `CodeRefused` if it has no account."""
    with transaction.atomic():
        account = _account_of(journey)
        if not account.email_verified:
            account.email_verified = True
            account.save(update_fields=["email_verified"])
        _finish(request, journey, account, method=CODE)


def finish_sign_up(
    request: HttpRequest, journey: Journey, *, password: str | None, attributes: Mapping[str, Any], language: str
) -> None:
    """Make the account and sign it in. Raises `EmailAddressTaken`, `JourneyOver` or `ValidationError`."""
    with transaction.atomic():
        _claim(journey)
        account = create_account(
            email=journey.email, password=password, attributes=attributes, email_verified=True, language=language
        )
        record("customer.signed_up", actor=actor_of(account), target=account, details={"flow": journey.user_flow.name})
        _finish(request, journey, account, method=PASSWORD if password else CODE)


def finish_reset(request: HttpRequest, journey: Journey, *, password: str) -> None:
    """Set the new password and sign in with it. Raises `CodeRefused`, `JourneyOver`, or `ValidationError`."""
    with transaction.atomic():
        _claim(journey)
        account = _account_of(journey)
        change_password(account, password=password, actor=actor_of(account))
        if not account.email_verified:
            account.email_verified = True
            account.save(update_fields=["email_verified"])
        forget_session(request)
        send_password_notice.enqueue(str(journey.pk))
        _finish(request, journey, account, method=CODE)


def record_failure(request: HttpRequest, journey: Journey, *, method: str) -> None:
    """Note in the audit log that somebody failed to sign in, and why. An unknown address costs the same statements."""
    account = Account.objects.with_email(journey.email).first()
    reason = "wrong credentials"
    if account is None:
        reason = "unknown address"
    elif account.deleted_at or not account.is_active:
        reason = "disabled account"
    details = {"reason": reason, "method": method, "ip": client_ip(request)}
    actor = Actor("customer", str(account.pk) if account else "", journey.email)
    record("customer.sign_in_failed", actor=actor, target=account, details=details)


def _finish(request: HttpRequest, journey: Journey, account: Account, *, method: str) -> None:
    """Sign in and end the journey; both or neither. A journey that has ended meanwhile signs nobody in."""
    now = timezone.now()
    ended = {"finished_at": now, "account_id": account.pk, "stays": journey.stays, "typed": {}}
    if not Journey.objects.open().filter(pk=journey.pk).update(**ended):
        raise JourneyOver
    sign_in(request, account, journey=journey, method=method)


def _claim(journey: Journey) -> None:
    """Hold the journey for the rest of the transaction, so that a second press waits for it. Raises `JourneyOver`."""
    if not Journey.objects.open().select_for_update().filter(pk=journey.pk).exists():
        raise JourneyOver


def _account_of(journey: Journey) -> Account:
    account = Account.objects.kept().with_email(journey.email).filter(is_active=True).first()
    if account is None:
        raise CodeRefused(is_spent=True)
    return account
