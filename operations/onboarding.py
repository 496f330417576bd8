"""How a tenant that works comes to be, and the administrator who manages it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import create_account
from accounts.models import Account
from audit.services import Actor
from branding.versions.services import create_default_branding
from common.problems import Code, Problem, Refused
from oidc.keys.services import create_signing_keys, make_key_pairs
from operations.administrators.authority import insist_on_role
from tenants.errors import DomainTaken
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership, create_tenant
from userflows.flows.services import create_default_user_flow

HOME_NAME = "CIAM Portal"


@dataclass(frozen=True)
class Appointed:
    """An administrator's account; `is_new` says that it was made just now, with the password given."""

    account: Account
    is_new: bool


def onboard_tenant(
    *, name: str, slug: str, country: str = "", owner_id: UUID | None = None, is_home: bool = False, actor: Actor
) -> Tenant:
    """Make a tenant that works: schema and role, signing keys, a default user flow, neutral branding, an administrator.

    All of it in one transaction: whatever goes wrong, nothing is left. `owner_id` is an account of the home tenant.
    Raises what `create_tenant` raises.
    """
    key_pairs = make_key_pairs()
    with schema_context(PUBLIC), transaction.atomic():
        tenant = create_tenant(name=name, slug=slug, country=country, is_home=is_home, actor=actor)
        with tenant_context(tenant):
            create_signing_keys(key_pairs, actor=actor)
            create_default_user_flow(actor=actor, allows_sign_up=not is_home)
            create_default_branding(actor=actor)
        if owner_id is not None:
            add_membership(tenant=tenant, account_id=owner_id, actor=actor)
    return tenant


def home_tenant_or_new(*, actor: Actor) -> Tenant:
    """The home tenant, made now if this installation has none yet; nobody can sign up to it."""
    with schema_context(PUBLIC):
        home = Tenant.objects.filter(is_home=True).first()
    if home is not None:
        return home
    try:
        return onboard_tenant(name=HOME_NAME, slug="home", is_home=True, actor=actor)
    except DomainTaken:
        # Two first starts at once: the other one was faster.
        with schema_context(PUBLIC):
            return Tenant.objects.home()


def appoint_administrator(
    *, email: str, password: str | None, tenant: Tenant | None, role: str = AdministratorRole.OWNER, actor: Actor
) -> Appointed:
    """Make somebody an administrator of a tenant or, without one, of the installation. Makes an account if need be.

    Whoever manages it already keeps the role they have. Raises `MayNotGrant` for a role that the tenant doesn't have,
    or `Refused` for `email` or `password`; for `password` also if a new account would have none.
    """
    home = home_tenant_or_new(actor=actor)
    insist_on_role(role, tenant=tenant or home)
    with transaction.atomic():
        with tenant_context(home):
            appointed = _administrator(email, password, actor)
        add_membership(tenant=tenant or home, account_id=appointed.account.pk, role=role, actor=actor)
    return appointed


def _administrator(email: str, password: str | None, actor: Actor) -> Appointed:
    account = Account.objects.with_email(email).first()
    if account is None:
        if password is None:
            sentence = f"{email} has no account yet. Give a password for it on standard input."
            raise Refused([Problem(Code.REQUIRED, "password", sentence)])
        account = create_account(email=email, password=password, email_verified=True, actor=actor)
        return Appointed(account, is_new=True)
    if account.deleted_at or not account.is_active:
        sentence = f"The account {account.email} is disabled or deleted."
        raise Refused([Problem(Code.NOT_ALLOWED, "email", sentence)])
    return Appointed(account, is_new=False)
