import base64
import os
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_tenants.models import DomainMixin, TenantMixin

from audit.models import AbstractEvent
from tenants.policies import AdministratorRole

TENANT_RESTORABLE_FOR = timedelta(days=30)


def new_schema_name() -> str:
    """A random name, never made from what a person typed: `t_` and 20 characters of base32 (100 bits)."""
    return "t_" + base64.b32encode(os.urandom(13)).decode().lower()[:20]


class TenantQuerySet(models.QuerySet["Tenant"]):
    def home(self) -> "Tenant":
        """The home tenant. Raises `Tenant.DoesNotExist` before the first start has made it."""
        return self.get(is_home=True)

    def managed_by(self, account_id: uuid.UUID, *, is_operator: bool) -> Self:
        """The tenants this administrator manages: those of their memberships, or all for an operator."""
        if is_operator:
            return self.all()
        return self.filter(pk__in=Membership.objects.in_force().filter(account_id=account_id).values("tenant"))

    def with_role_of(self, account_id: uuid.UUID) -> Self:
        """Each with `role`, that of this administrator's membership; None for a tenant in which they have none."""
        mine = Membership.objects.in_force().filter(account_id=account_id, tenant=models.OuterRef("pk"))
        return self.annotate(role=models.Subquery(mine.values("role")))

    def due_for_purge(self) -> Self:
        """Deleted tenants that can no longer be restored."""
        return self.filter(state=Tenant.State.DELETED, deleted_at__lt=Now() - TENANT_RESTORABLE_FOR)


class Tenant(TenantMixin):
    """One organisation's isolated space. Its row stands in public; everything it owns stands in its schema."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", pgettext_lazy("tenant", "Suspended")
        DELETED = "deleted", _("Deleted")

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=256)
    slug = models.CharField("domain", max_length=26, unique=True)
    country = models.CharField("country or region", max_length=2, blank=True)
    is_home = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    # One of its own domains, by which its issuer is called; "" for the address that each tenant has.
    issuer_domain = models.CharField(max_length=253, blank=True, default="", db_default="")
    # Where its days begin: a name of the IANA database.
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    # Its own, by the names of `tenants.limits.Limits`; where there is none, the installation's holds.
    limits = models.JSONField(null=True)
    # Whether its administrators have had enough of what tells them how to begin.
    guide_is_away = models.BooleanField(default=False, db_default=False)
    migration_state = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_home"], condition=models.Q(is_home=True), name="tenants_tenant_one_home"
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^t_[a-z2-7]{20}$"), name="tenants_tenant_schema_name"
            ),
            models.CheckConstraint(condition=models.Q(slug__regex=r"^[a-z0-9]{1,26}$"), name="tenants_tenant_slug"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def restorable_until(self) -> datetime | None:
        """When a deleted tenant goes for good."""
        return self.deleted_at + TENANT_RESTORABLE_FOR if self.deleted_at else None


class Domain(DomainMixin):
    """A host name that leads to a tenant, which has shown that it is its own."""

    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="tenants_domain_one_primary"
            )
        ]

    def __str__(self) -> str:
        return self.domain


class DomainClaim(models.Model):
    """A domain that a tenant wants to be reached by. It holds it once there is a `Domain`; this is the way there.

    `found` is what the last check has seen (`tenants.domains.records`); `failing_since` says from when on a domain that
    was live isn't right any more. Without `next_check_at` nobody looks again by themselves.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for DNS")
        READY = "ready", _("DNS right")
        LIVE = "live", _("Live")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domain_claims")
    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(db_default=Now())
    checks = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True, db_index=True)
    failing_since = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="tenants_domainclaim_once")]

    def __str__(self) -> str:
        return self.domain

    @property
    def leads_here(self) -> bool:
        """Whether the last check that was answered has found the domain right: the issuer may be called by it."""
        return self.state == self.State.LIVE and self.failing_since is None


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> Self:
        """All but suspended ones."""
        return self.filter(suspended_at=None)

    def owners(self) -> Self:
        """Those of whoever is allowed everything, and looks after the others."""
        return self.in_force().filter(role=AdministratorRole.OWNER)


class Membership(models.Model):
    """An administrator manages a tenant. The administrator is an account of the home tenant, named by its ID.

    A membership in the home tenant makes an operator: someone who runs the installation. Their role there is their role
    in every tenant.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    account_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=32, db_default=AdministratorRole.OWNER)
    created_at = models.DateTimeField(db_default=Now())
    suspended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account_id"], name="tenants_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} manages {self.tenant_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def valid(self) -> Self:
        """Those whose time isn't over."""
        return self.filter(expires_at__gt=Now())


class Invitation(models.Model):
    """Somebody is asked by mail to manage a tenant. The row goes when it is accepted or withdrawn.

    It is for one address and one role. The mail's link holds a token, the row its digest; sending it again makes
    another one. `invited_by` is an account of the home tenant, None for the command line.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    canonical_email = models.CharField(max_length=254)
    role = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    invited_by = models.UUIDField(null=True)
    invited_by_name = models.CharField(max_length=320, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="tenants_invitation_digest"),
            models.UniqueConstraint(fields=["tenant", "canonical_email"], name="tenants_invitation_once"),
        ]

    def __str__(self) -> str:
        return self.email


class InstallationSettings(models.Model):
    """What operators decide for all tenants: the one row, or none yet."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    limits = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="tenants_installationsettings_one")]

    def __str__(self) -> str:
        return "installation"


class InstallationEvent(AbstractEvent):
    """An event that isn't inside one tenant: a tenant was created, suspended, deleted; a membership changed."""

    class Meta:
        indexes = [models.Index(fields=["-at"], name="tenants_installation_at")]
