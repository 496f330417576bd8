"""What is measured: a tenant with an application and a customer, in an installation that is made for it."""

from datetime import timedelta

from bench.scenarios import CALLBACK, Shop

PASSWORD = "measured with patience"  # noqa: S105 - of customers that live for minutes


def set_up() -> Shop:
    """Bring the schema up to date, and make the tenant. The environment names the installation."""
    import django

    django.setup()
    from django.utils import timezone
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import create_account
    from applications.services.credentials import create_client_secret
    from applications.services.registration import register_application
    from audit.services import Actor
    from oidc.wire.addresses import issuer_of
    from operations.onboarding import onboard_tenant
    from tenants.schema.upgrade import upgrade

    actor = Actor.command()
    upgrade()
    onboard_tenant(name="CIAM Portal", slug="home", is_home=True, actor=actor)
    tenant = onboard_tenant(name="Measured", slug="measured", actor=actor)
    with tenant_context(tenant):
        application = register_application(name="Shop", kind="web", redirect_uris=[CALLBACK], actor=actor)
        _, secret = create_client_secret(
            application, description="bench", expires_at=timezone.now() + timedelta(days=1), actor=actor
        )
        account = create_account(
            email="customer@shop.example", password=PASSWORD, email_verified=True, attributes={"givenName": "Carol"}
        )
    return Shop(issuer_of(tenant), application.client_id, secret, account.email, PASSWORD)


def set_up_services(count: int) -> list[Shop]:
    """So many further tenants, each with an application that acts for itself."""
    from django.utils import timezone
    from django_tenants.utils import tenant_context

    from applications.services.credentials import create_client_secret
    from applications.services.registration import register_application
    from audit.services import Actor
    from oidc.wire.addresses import issuer_of
    from operations.onboarding import onboard_tenant

    actor, services = Actor.command(), []
    for number in range(count):
        tenant = onboard_tenant(name=f"Cold {number}", slug=f"cold{number}", actor=actor)
        with tenant_context(tenant):
            application = register_application(name="Service", kind="service", actor=actor)
            tomorrow = timezone.now() + timedelta(days=1)
            _, secret = create_client_secret(application, description="bench", expires_at=tomorrow, actor=actor)
        services.append(Shop(issuer_of(tenant), application.client_id, secret, "", ""))
    return services


def add_customers(emails: list[str]) -> None:
    """More customers of the tenant, each with the same password."""
    from django_tenants.utils import tenant_context

    from accounts.identity.services.accounts import create_account
    from tenants.models import Tenant

    with tenant_context(Tenant.objects.get(slug="measured")):
        for email in emails:
            create_account(email=email, password=PASSWORD, email_verified=True)


def bases_of_all() -> list[str]:
    """Where the pages of each tenant are, the home tenant's among them."""
    from oidc.wire.addresses import issuer_of
    from tenants.models import Tenant

    return [issuer_of(tenant).removesuffix("/oidc") for tenant in Tenant.objects.order_by("pk")]
