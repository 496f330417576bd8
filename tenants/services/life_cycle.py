from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django_tenants.utils import schema_context

from audit.services import Actor, record
from common.database.caches import announce
from common.problems import Code, refuse_if_any, refuse_if_changed, wrong
from common.text.countries import country_letters
from common.text.translation import gettext_lazy
from common.versions import differences
from tenants.description import TenantDescription, problems_of
from tenants.errors import DomainTaken, HomeTenantIsPermanent, NotTheTenantsName, TenantUnavailable
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant, new_schema_name
from tenants.policies import domain_name_problem, normalise_domain_name
from tenants.schema.upgrade import migration_state

HOME_SLUG = "home"
IS = {
    Tenant.State.ACTIVE: gettext_lazy("The tenant is active."),
    Tenant.State.SUSPENDED: gettext_lazy("The tenant is suspended."),
    Tenant.State.DELETED: gettext_lazy("The tenant is deleted."),
}
IS_ALREADY = {
    Tenant.State.ACTIVE: gettext_lazy("The tenant is already active."),
    Tenant.State.SUSPENDED: gettext_lazy("The tenant is already suspended."),
    Tenant.State.DELETED: gettext_lazy("The tenant is already deleted."),
}


@contextmanager
def in_public() -> Iterator[None]:
    """Serve public inside one transaction (or inside the caller's)."""
    with schema_context(PUBLIC), transaction.atomic():
        yield


def create_tenant(*, name: str, slug: str, country: str = "", is_home: bool = False, actor: Actor) -> Tenant:
    """Found an empty tenant: rows, schema, role and tables in the caller's transaction.

    Raises `DomainTaken`, or `Refused` for a name, domain or country that isn't allowed.
    """
    slug = HOME_SLUG if is_home else normalise_domain_name(slug)
    wished = _tidied(TenantDescription(name, country))
    domain_problem = "" if is_home else domain_name_problem(slug)
    refuse_if_any([*wrong(Code.INVALID, "slug", domain_problem), *problems_of(None, wished)])
    tenant = Tenant(id=uuid4(), schema_name=new_schema_name(), slug=slug, **vars(wished))
    tenant.is_home = is_home
    with in_public():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT public.found_tenant(%s, %s, %s, %s, %s, %s, %s)",
                    [tenant.pk, tenant.schema_name, slug, tenant.name, tenant.country, is_home, migration_state()],
                )
        except IntegrityError as error:
            raise DomainTaken(slug) from error
        record("tenant.created", actor=actor, target=tenant, event_model=InstallationEvent)
        announce(PUBLIC)
        tenant.refresh_from_db()
    return tenant


def describe(tenant: Tenant) -> TenantDescription:
    """What was chosen about the tenant itself."""
    return TenantDescription(tenant.name, tenant.country, tenant.time_zone)


def apply(tenant: Tenant, description: TenantDescription, *, expected_version: str = "", actor: Actor) -> None:
    """Make the tenant as described. Where nothing differs, nothing is noted.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. Raises
    `Refused`, which leaves `tenant` as it was.
    """
    after = _tidied(description)
    with in_public():
        before = describe(Tenant.objects.select_for_update().get(pk=tenant.pk))
        refuse_if_changed(expected_version, before.version)
        refuse_if_any(problems_of(before, after))
        changed = list(differences(before, after))
        tenant.name, tenant.country, tenant.time_zone = after.name, after.country, after.time_zone
        if changed:
            tenant.save(update_fields=changed)
            details = {"fields": changed}
            record("tenant.changed", actor=actor, target=tenant, details=details, event_model=InstallationEvent)
            announce(PUBLIC)


def put_guide_away(tenant: Tenant, *, actor: Actor) -> None:
    """Stop telling the tenant's administrators how to begin. Whoever looks for the guide finds it."""
    with in_public():
        if Tenant.objects.filter(pk=tenant.pk, guide_is_away=False).update(guide_is_away=True):
            details = {"fields": ["guide_is_away"]}
            record("tenant.changed", actor=actor, target=tenant, details=details, event_model=InstallationEvent)


def suspend_tenant(tenant: Tenant, *, actor: Actor) -> None:
    """Stop serving the tenant: its pages say so, its issuer issues nothing. Everything is kept.

    Raises `HomeTenantIsPermanent` or `TenantUnavailable`.
    """
    _move(tenant, Tenant.State.ACTIVE, Tenant.State.SUSPENDED, "tenant.suspended", actor)


def resume_tenant(tenant: Tenant, *, actor: Actor) -> None:
    """Serve a suspended tenant again. Raises `HomeTenantIsPermanent` or `TenantUnavailable`."""
    _move(tenant, Tenant.State.SUSPENDED, Tenant.State.ACTIVE, "tenant.resumed", actor)


def delete_tenant(tenant: Tenant, *, typed_name: str, actor: Actor) -> None:
    """Stop serving the tenant; in 30 days it is purged.

    Raises `NotTheTenantsName` if the name typed differs, `HomeTenantIsPermanent` or `TenantUnavailable`.
    """
    if typed_name.strip() != tenant.name:
        raise NotTheTenantsName
    _move(tenant, None, Tenant.State.DELETED, "tenant.deleted", actor)


def restore_tenant(tenant: Tenant, *, actor: Actor) -> None:
    """Restore a deleted tenant, within its 30 days. Raises `HomeTenantIsPermanent` or `TenantUnavailable`."""
    _move(tenant, Tenant.State.DELETED, Tenant.State.ACTIVE, "tenant.restored", actor)


def purge_tenants(*, actor: Actor) -> list[str]:
    """Remove what was deleted over 30 days ago, each with schema and role, for good. Returns the slugs."""
    with schema_context(PUBLIC):
        doomed = list(Tenant.objects.due_for_purge())
    for tenant in doomed:
        with in_public():
            with connection.cursor() as cursor:
                cursor.execute("SELECT public.purge_tenant(%s)", [tenant.pk])
            record("tenant.purged", actor=actor, target=tenant, event_model=InstallationEvent)
            announce(PUBLIC)
    return [tenant.slug for tenant in doomed]


def _tidied(description: TenantDescription) -> TenantDescription:
    """Without blanks around the name, and with the letters of a country that was named otherwise."""
    country = description.country
    return replace(description, name=description.name.strip(), country=country_letters(country) or country)


def _move(tenant: Tenant, source: str | None, state: str, action: str, actor: Actor) -> None:
    """Change the state under a lock on the row, so that of two people who act at once one is told."""
    if tenant.is_home:
        raise HomeTenantIsPermanent
    with in_public():
        current = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if current.state == state or source not in {None, current.state}:
            raise TenantUnavailable(IS_ALREADY[current.state] if current.state == state else IS[current.state])
        current.state = state
        current.deleted_at = Now() if state == Tenant.State.DELETED else None
        current.save(update_fields=["state", "deleted_at"])
        record(action, actor=actor, target=tenant, event_model=InstallationEvent)
        announce(PUBLIC)
        # What processes keep of this tenant (clients, keys) must go as well.
        announce(tenant.schema_name)
        tenant.refresh_from_db()
