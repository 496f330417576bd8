"""Time that passes at a tenant, without anybody waiting for it."""

from datetime import timedelta

from django.db.models import F
from django_tenants.utils import tenant_context

from accounts.models import OneTimeCode, Session
from tenants.models import Tenant
from userflows.models import Journey
from userflows.rows.mail_links import MailLink

DAY = timedelta(days=1)


def a_day_passes(tenant: Tenant) -> None:
    """What was begun, sent or opened is a day older."""
    with tenant_context(tenant):
        Journey.objects.update(created_at=F("created_at") - DAY, expires_at=F("expires_at") - DAY)
        OneTimeCode.objects.update(expires_at=F("expires_at") - DAY)
        MailLink.objects.update(expires_at=F("expires_at") - DAY)
        Session.objects.update(seen_at=F("seen_at") - DAY, expires_at=F("expires_at") - DAY)
