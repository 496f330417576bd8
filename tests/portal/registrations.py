"""App registrations in the portal: where they are, and what a form sends."""

from typing import Any

from django_tenants.utils import tenant_context

from applications.models import Application
from tenants.models import Tenant
from userflows.models import UserFlow

NEW = "/tenants/acme/applications/new/"


def page_of(application: Application, tab: str = "") -> str:
    return f"/tenants/acme/applications/{application.client_id}/{tab}"


def flow_of(tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return UserFlow.objects.get(is_default=True)


CHOICES = {
    "access_token_minutes": "10",
    "id_token_minutes": "15",
    "refresh_idle_days": "7",
    "refresh_absolute_days": "30",
    "refresh_grace_seconds": "5",
    "access_token_algorithm": "RS256",
    "userinfo_algorithm": "ES256",
    "id_token_algorithm": "ES256",
}
# What else the form about tokens sends, as it is for most.
AS_USUAL = {
    "subject_type": "public",
    "id_token_encryption": "none",
    "id_token_content": "A256GCM",
    "userinfo_encryption": "none",
    "userinfo_content": "A256GCM",
}
