"""An API of acme's, which other applications call: orders, with two scopes and a role."""

from dataclasses import dataclass

from django_tenants.utils import tenant_context

from applications.description import Role, Scope
from applications.models import ApiScope, Application, AppRole
from applications.services.apis import add_api_scope
from applications.services.application import change_application
from applications.services.registration import register_application
from applications.services.roles import define_role
from audit.services import Actor
from tenants.models import Tenant

COMMAND = Actor.command()
ORDERS = "https://orders.acme.example"
READ, WRITE = f"{ORDERS}/orders.read", f"{ORDERS}/orders.write"


@dataclass
class OrdersApi:
    """The application that is the API, and what it offers."""

    tenant: Tenant
    application: Application
    read: ApiScope
    write: ApiScope
    clerk: AppRole

    def permit(self, application: Application, *scopes: ApiScope, roles: tuple[AppRole, ...] = ()) -> None:
        """Let an application of the tenant ask for these, and for no others."""
        with tenant_context(self.tenant):
            change_application(
                application,
                permitted_scopes=tuple(each.pk for each in scopes),
                permitted_roles=tuple(each.pk for each in roles),
                actor=COMMAND,
            )


def found_orders(tenant: Tenant) -> OrdersApi:
    """The API, which nobody may call yet."""
    with tenant_context(tenant):
        application = register_application(name="Orders", kind="service", actor=COMMAND)
        change_application(application, identifier_uri=ORDERS, actor=COMMAND)
        read = add_api_scope(application, Scope(name="orders.read", display_name="Read orders"), actor=COMMAND)
        write = add_api_scope(application, Scope(name="orders.write", display_name="Place orders"), actor=COMMAND)
        clerk = define_role(
            application, Role(value="clerk", display_name="Clerk", for_customers=True, for_services=True), actor=COMMAND
        )
    return OrdersApi(tenant, application, read, write, clerk)
