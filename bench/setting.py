"""What is measured: a tenant with an application and a customer, in an installation that is made for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.scenarios import CALLBACK, Shop
from tests.clients.customer import Answer, Customer

PASSWORD = "measured with patience"  # noqa: S105 - of customers that live for minutes


def set_up() -> Shop:
    """Bring the schema up to date, and make the tenant. The environment names the installation."""
    import django

    django.setup()

    from audit.services import Actor
    from operations.onboarding import onboard_tenant
    from tenants.schema.upgrade import upgrade

    upgrade()
    onboard_tenant(name="CIAM Portal", slug="home", is_home=True, actor=Actor.command())
    return set_up_shop("measured")


def set_up_shop(slug: str) -> Shop:
    """A further tenant with a web application and a customer."""
    from django.utils import timezone
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import create_account
    from applications.services.credentials import create_client_secret
    from applications.services.registration import register_application
    from audit.services import Actor
    from oidc.wire.addresses import issuer_of
    from operations.onboarding import onboard_tenant

    actor = Actor.command()
    tenant = onboard_tenant(name=slug.title(), slug=slug, actor=actor)
    with tenant_context(tenant):
        application = register_application(name="Shop", kind="web", redirect_uris=[CALLBACK], actor=actor)
        _, secret = create_client_secret(
            application, description="bench", expires_at=timezone.now() + timedelta(days=1), actor=actor
        )
        account = create_account(
            email="customer@shop.example", password=PASSWORD, email_verified=True, attributes={"givenName": "Carol"}
        )
    return Shop(issuer_of(tenant), application.client_id, secret, account.email, PASSWORD)


def set_up_configured_shop(slug: str) -> Shop:
    """One whose tenant has configured all that a sign-in by password asks for nothing of."""
    from tenants.models import Tenant
    from tests.configured import configure_everything

    shop = set_up_shop(slug)
    configure_everything(Tenant.objects.get(slug=slug))
    return shop


def add_customers(emails: list[str]) -> None:
    """More customers of the tenant, each with the same password."""
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import create_account
    from tenants.models import Tenant

    with tenant_context(Tenant.objects.get(slug="measured")):
        for email in emails:
            create_account(email=email, password=PASSWORD, email_verified=True)


def block_customers(emails: list[str]) -> None:
    """Keep these customers of the tenant from signing in."""
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import disable_account
    from accounts.models import Account
    from audit.services import Actor
    from tenants.models import Tenant

    with tenant_context(Tenant.objects.get(slug="measured")):
        for email in emails:
            disable_account(Account.objects.with_email(email).get(), actor=Actor.command())


def add_flow(name: str, **chosen: Any) -> str:
    """A further user flow of the tenant, by the fields of its description, and an application by it. Returns its ID."""
    from django_tenants.utils import tenant_context

    from applications.services.registration import register_application
    from audit.services import Actor
    from tenants.models import Tenant
    from userflows.flows.services import create_user_flow

    with tenant_context(Tenant.objects.get(slug="measured")):
        flow = create_user_flow(name=name, actor=Actor.command(), **chosen)
        register_application(name=name, kind="spa", user_flow=flow.pk, actor=Actor.command())
        return str(flow.pk)


def sign_up(base: str, email: str, *, network: str, code: Callable[[str], str]) -> None:
    """Make an account through the tenant's pages, from this address of the network. `code` reads the mail."""
    customer = Customer()
    customer.http.headers["X-Forwarded-For"] = network
    answers: dict[str, Answer] = {"email": email, "code": lambda: code(email), "password": PASSWORD}
    customer.go(f"{base}/sign-up/", until=f"{base}/profile/", answers=answers)
    customer.http.close()


def run_jobs() -> None:
    """Have done what waits for a worker."""
    from tenants.work.jobs import run_waiting_jobs

    run_waiting_jobs()


def code_mailed_to(email: str, *, slug: str = "measured") -> str:
    """The code in the newest mail to this address of the tenant."""
    from django_tenants.utils import tenant_context

    from mail.bodies import open_body
    from mail.models import Message
    from tenants.models import Tenant

    run_jobs()
    with tenant_context(Tenant.objects.get(slug=slug)):
        message = Message.objects.filter(to=email).latest("created_at")
        return open_body(message.sealed_body, message_id=message.pk).subject[:6]
