"""Finding what an option names."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account, CustomAttribute, Group
from applications.models import ApiScope, Application, AppRole
from branding.models import Theme
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import normalise_domain_name
from tenants.schema.upgrade import migration_state
from tenants.services.life_cycle import HOME_SLUG
from userflows.models import UserFlow


def tenant_named(domain: str) -> Tenant:
    """The tenant with this domain name, in whatever state; `home` is the portal's own. Raises `CommandError`."""
    with schema_context(PUBLIC):
        tenant = Tenant.objects.filter(slug=normalise_domain_name(domain)).first()
    if tenant is None:
        raise CommandError(f"There is no tenant with the domain “{domain}”. `manage.py tenant list` names them all.")
    return tenant


@contextmanager
def serving(domain: str) -> Iterator[Tenant]:
    """Work inside the tenant with this domain name, as long as its tables are those of this release.

    Raises `CommandError`.
    """
    tenant = tenant_named(domain)
    if tenant.state == Tenant.State.DELETED:
        raise CommandError(f"“{tenant.name}” is deleted. Restore it first: manage.py tenant restore --tenant {domain}")
    if tenant.migration_state != migration_state():
        raise CommandError(f"“{tenant.name}” isn't at the state of this release. Run `manage.py upgrade` first.")
    with tenant_context(tenant):
        yield tenant


@contextmanager
def serving_customers(domain: str) -> Iterator[Tenant]:
    """As `serving`, for a tenant that has customers: not the home tenant. Raises `CommandError`."""
    with serving(domain) as tenant:
        if tenant.is_home:
            raise CommandError("People of the home tenant are administrators: use `manage.py administrator create`.")
        yield tenant


def add_application_options(parser: CommandParser) -> None:
    """Add the options by which a command is about one application of a tenant."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--client-id", required=True)


def application_named(client_id: str) -> Application:
    """The application of the tenant being served. Raises `CommandError`."""
    application = Application.objects.filter(client_id=client_id).first()
    if application is None:
        raise CommandError("There is no application with this client ID. `manage.py application list` names them all.")
    return application


def scope_named(full_name: str) -> ApiScope:
    """A scope by the name that applications ask for it by, such as https://orders.example/orders.read.

    Raises `CommandError`.
    """
    api, _, name = full_name.rpartition("/")
    scope = ApiScope.objects.filter(application__identifier_uri=api, name=name).exclude(application__identifier_uri="")
    found = scope.select_related("application").first()
    if found is None:
        raise CommandError(f"No API of this tenant offers the scope {full_name}.")
    return found


def role_named(application: Application, value: str) -> AppRole:
    """A role of the application by its value. Raises `CommandError`."""
    role = application.roles.filter(value=value).first()
    if role is None:
        raise CommandError(f"{application.name} has no role {value}.")
    return role


def customer_named(name: str) -> Account:
    """The account of the tenant being served with this address or, where there is no @ in it, this user name.

    Raises `CommandError`.
    """
    account = Account.objects.known_as(name).first()
    if account is None:
        what = "address" if "@" in name else "user name"
        raise CommandError(f"No customer of this tenant has the {what} {name}.")
    return account


def administrator_named(email: str) -> UUID | None:
    """The ID of the administrator with this address; None if there is none. Also while home is at another release."""
    with tenant_context(tenant_named(HOME_SLUG)):
        return Account.objects.with_email(email).values_list("pk", flat=True).first()


def group_named(name: str) -> Group:
    """The group of the tenant being served with this name. Raises `CommandError`."""
    group = Group.objects.filter(name__iexact=name).first()
    if group is None:
        raise CommandError(f"There is no group {name}. `manage.py group list` names them all.")
    return group


def attribute_named(name: str) -> CustomAttribute:
    """The custom attribute of the tenant being served with this name. Raises `CommandError`."""
    attribute = CustomAttribute.objects.filter(name=name).first()
    if attribute is None:
        raise CommandError(f"There is no custom attribute {name}. `manage.py attribute list` names them all.")
    return attribute


def user_flow_named(name: str) -> UserFlow:
    """The user flow of the tenant being served with this name. Raises `CommandError`."""
    flow = UserFlow.objects.filter(name=name).first()
    if flow is None:
        known = ", ".join(f"“{flow.name}”" for flow in UserFlow.objects.all())
        raise CommandError(f"There is no user flow named “{name}”. There are: {known}.")
    return flow


def theme_named(which: str) -> Theme:
    """The theme of the tenant being served with this name or ID. Raises `CommandError`."""
    found = [each for each in Theme.objects.all() if which in {each.name, str(each.pk)}]
    if not found:
        raise CommandError(f"There is no theme {which}. `manage.py branding themes` names them all.")
    return found[0]
