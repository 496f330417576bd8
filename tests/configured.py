"""All that a tenant may configure and a sign-in by password asks for nothing of, for what it costs."""

from django_tenants.utils import tenant_context

from applications.services.registration import register_application
from audit.services import Actor
from common.database.caches import forget_everything
from hooks.description import HookDescription
from hooks.policies import ACCOUNT, START, SUBMIT, TOKEN
from hooks.services import create_hook
from providers.description import ProviderDescription
from providers.services import create_provider
from tenants.models import Tenant
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

PROVIDERS = ("Google at large", "Our identity server", "The club")


def configure_everything(tenant: Tenant) -> None:
    """A policy for second factors that remembers browsers, three providers on the page, and hooks for others."""
    actor = Actor.command()
    with tenant_context(tenant):
        methods = ["password"]
        for number, name in enumerate(PROVIDERS):
            described = ProviderDescription(name=name, issuer=f"https://id{number}.example", client_id="ours")
            methods.append(method_of_provider(create_provider(described, secret="a-secret", actor=actor).pk))
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(
            flow, methods=methods, second_factor="new_browser", factors=("app", "mail"), remember_days=30, actor=actor
        )
        other_flow = create_user_flow(name="Another one", actor=actor)
        other = register_application(name="Another one", kind="web", user_flow=other_flow.pk, actor=actor)
        for moment, serves in (
            *((moment, str(other_flow.pk)) for moment in (START, SUBMIT, ACCOUNT)),
            (TOKEN, other.client_id),
        ):
            create_hook(HookDescription(moment, moment, "https://hooks.example/ask", (serves,)), actor=actor)
        forget_everything()
