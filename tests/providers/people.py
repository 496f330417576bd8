"""Who signs in elsewhere, and who is linked with whom; and what an administrator changes meanwhile."""

from dataclasses import replace
from typing import Any

from django_tenants.utils import tenant_context

from audit.services import Actor
from providers.description import described
from providers.models import IdentityProvider, LinkedIdentity
from providers.services import apply
from tenants.models import Tenant

NINA = {
    "sub": "nina",
    "email": "nina@new.example",
    "email_verified": True,
    "given_name": "Nina",
    "family_name": "Novak",
}
CAROL = {"sub": "carol-at-elsewhere", "email": "carol@acme.example", "email_verified": True}


def linked_with(acme: Tenant) -> list[tuple[str, str]]:
    """Who is linked with what, by address and subject."""
    with tenant_context(acme):
        rows = LinkedIdentity.objects.order_by("linked_at").select_related("account")
        return [(row.account.email, row.subject) for row in rows]


def change(provider: IdentityProvider, **values: Any) -> None:
    """Somebody changes these fields of its description. Call it in the tenant."""
    apply(provider, replace(described(provider), **values), actor=Actor.command())
