"""Mailing links. The arguments are an account's ID and a kind: what stands in a link is made here, and kept nowhere."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from accounts.models import Account
from common.crypto.digests import digest_of
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from userflows.journeys.messages import mails
from userflows.rows.mail_links import MailLink

TOKEN_BYTES = 32
LIFETIMES = {MailLink.Kind.INVITATION: timedelta(days=7), MailLink.Kind.PASSWORD: timedelta(days=1)}


@task()
def send_link(account_id: str, kind: str) -> None:
    """Make the link that was asked for and mail it to the account's address, unless it isn't wanted any more."""
    with transaction.atomic():
        links = MailLink.objects.select_for_update().filter(account_id=account_id, kind=kind, digest="")
        link = links.first()
        account = Account.objects.able_to_sign_in().filter(pk=account_id).first()
        if link is None or account is None:
            return
        token = secrets.token_urlsafe(TOKEN_BYTES)
        lifetime = LIFETIMES[MailLink.Kind(kind)]
        link.digest, link.sent_at = digest_of(token), timezone.now()
        link.expires_at = link.sent_at + lifetime
        link.save(update_fields=["digest", "sent_at", "expires_at"])
        mails.mail_link(
            kind,
            to=account.email,
            language=account.language,
            link=_address(token),
            days=lifetime.days,
            message=link.message,
            client_id=link.client_id,
        )


@task()
def send_address_notice(to: str, language: str) -> None:
    """Tell the address that an account had that it has another one."""
    mails.mail_address_notice(to=to, language=language)


def _address(token: str) -> str:
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    return address + reverse("customer:link", args=[token], urlconf=settings.TENANT_URLCONF)
