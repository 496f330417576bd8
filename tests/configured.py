"""All that a tenant may configure and a sign-in by password asks for nothing of, for what it costs."""

from django_tenants.utils import tenant_context

from applications.services.registration import register_application
from audit.services import Actor
from branding.services import update_branding
from branding.themes.applications import applications
from branding.themes.services import ThemeDescription, create_theme
from branding.versions.services import publish
from branding.words.services import change_words
from branding.words.table import forms_of, sentences
from branding.words.where import EVERYWHERE, Where
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
THEMES_HINT = "3@theme.example"
"""What the newest version of the theme says in the field for the address."""


def configure_everything(tenant: Tenant) -> None:
    """A policy for second factors that remembers browsers, three providers on the page, and hooks for others.

    Each application has a theme that was published three times, as the tenant's own look was, and every sentence says
    something else.
    """
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
        _brand(flow, actor)
        forget_everything()


def every_sentence_changed() -> dict[str, list[str]]:
    """A mark before each sentence in English that names nothing but a number."""
    return {
        text: ["· " + (text if not sentence.counts else "{count}")] * forms_of(sentence, "en")
        for text, sentence in sentences().items()
        if sentence.places <= {"count"}
    }


def _brand(flow: UserFlow, actor: Actor) -> None:
    theme = create_theme(ThemeDescription("Of all", tuple(applications())), actor=actor)
    for where in (EVERYWHERE, Where(user_flow=flow.pk), Where(theme=theme.pk)):
        change_words(language="en", wished=every_sentence_changed(), where=where, actor=actor)
    for brand, domain in ((None, "tenant.example"), (theme, "theme.example")):
        for number in (1, 2, 3):
            update_branding(locale="", fields={"username_hint": f"{number}@{domain}"}, theme=brand, actor=actor)
            publish(theme=brand, actor=actor)
