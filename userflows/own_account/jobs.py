"""Mails about what customers do with their own accounts, and the gathering of copies.

The arguments are IDs: a job's row outlives what it is about. What stands in a link is made here, and kept nowhere.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from accounts.models import UNDO_FOR, Account, AddressChange, DataExport
from common.crypto.digests import digest_of
from common.text.email_address import canonical_email
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from userflows.journeys.messages.mails import MINUTES, mail_address_notice, send_in_look
from userflows.journeys.securing.owners_links import owners_link
from userflows.lookup import uses_password
from userflows.own_account.copies import copy_of

TOKEN_BYTES = 32
REMINDED_BEFORE = timedelta(days=2)
COPY_KEPT_FOR = timedelta(hours=24)


@task()
def send_address_code(change_id: str) -> None:
    """Mail the new address the code that proves it; if somebody else has it, tell them so, and no code is good."""
    with transaction.atomic():
        change = AddressChange.objects.asked().select_for_update().filter(pk=change_id).first()
        if change is None:
            return
        owner = _whoever_has(change)
        code = renew_code(change.pk, proves=change.after, is_decoy=owner is not None)
        about = {"from_where": change.from_where}
        if owner is None:
            context = {**about, "code": code, "minutes": MINUTES}
            send_in_look("address_code", to=change.after, language=change.language, context=context)
        elif owner:
            send_in_look("address_taken", to=owner, language=change.language, context=about)


def _whoever_has(change: AddressChange) -> str | None:
    """The stored address of the account that has the new address; "" if one may still take it back; None if nobody."""
    canonical = canonical_email(change.after)
    others = Account.objects.with_email(change.after).exclude(pk=change.account_id)
    kept = AddressChange.objects.keeping(canonical).exclude(account_id=change.account_id)
    found: str | None = others.values_list("email", flat=True).first()
    return "" if found is None and kept.exists() else found


@task()
def send_address_notices(change_id: str) -> None:
    """Tell both addresses; in the mail to the old one stands the link that takes the change back."""
    with transaction.atomic():
        change = AddressChange.objects.select_for_update().filter(pk=change_id, done_at__isnull=False).first()
        if change is None:
            return
        about = {"from_where": change.from_where, "asked_at": change.done_at}
        send_in_look("address_new", to=change.after, language=change.language, context=about)
        if change.canonical_before:
            _mail_link_to_undo(change, about)
        else:
            mail_address_notice(to=change.before, language=change.language)


def _mail_link_to_undo(change: AddressChange, about: dict[str, Any]) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    change.digest = digest_of(token)
    change.save(update_fields=["digest"])
    link = _address_of("customer:undo-email", token)
    context = {**about, "link": link, "until": change.expires_at, "days": UNDO_FOR.days}
    send_in_look("address_undo", to=change.before, language=change.language, context=context)


@task()
def send_undone_notice(to: str, language: str) -> None:
    """Tell the address that the account had for a while that it has it no more."""
    mail_address_notice(to=to, language=language)


@task()
def send_deletion_notice(account_id: str, closes_at: str, from_where: str = "") -> None:
    """Say when the account goes, and how it is kept, as long as it shall still go then."""
    account = Account.objects.kept().filter(pk=account_id, closes_at=parse_datetime(closes_at)).first()
    if account is not None:
        about = {"closes_at": account.closes_at, "has_password": uses_password(account)}
        context = {"from_where": from_where, **about}
        send_in_look("deletion", to=account.email, language=account.language, context=context)


@task()
def gather_copy(account_id: str) -> None:
    """Make the copy that was asked for, and tell its owner that it is there."""
    account = Account.objects.able_to_sign_in().filter(pk=account_id).first()
    with transaction.atomic():
        export = DataExport.objects.select_for_update().filter(pk=account_id, ready_at=None).first()
        if account is None or export is None:
            return
        export.content, export.ready_at = copy_of(account), timezone.now()
        export.expires_at = export.ready_at + COPY_KEPT_FOR
        export.save(update_fields=["content", "ready_at", "expires_at"])
        links = {"link": _address_of("customer:data"), "owners_link": owners_link(account)}
        context = {"from_where": "", **links, "until": export.expires_at}
        send_in_look("data_ready", to=account.email, language=account.language, context=context)


def _address_of(page: str, *named: str) -> str:
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    return address + reverse(page, args=named, urlconf=settings.TENANT_URLCONF)
