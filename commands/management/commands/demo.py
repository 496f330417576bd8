from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from commands.answers import Answer, AnsweringCommand, add_json_option
from commands.demo.cast import ADA, GRACE, OLGA
from commands.demo.passwords import demo_password
from commands.demo.scenes import build_demo
from oidc.wire.addresses import issuer_of
from tenants.addressing import base_url
from tenants.models import Tenant


class Command(AnsweringCommand):
    help = "Build the demo, as far as it is missing: an operator, two tenants with clashing brands, and their people."

    def add_arguments(self, parser: CommandParser) -> None:
        add_json_option(parser)

    def answer(self, options: dict[str, Any]) -> Answer:
        if not settings.IS_LOCAL:
            raise CommandError(
                f"The demo's people share one password, so they belong on a developer's own machine, not at "
                f"{settings.CIAM_BASE_URL}. Create real ones with `manage.py administrator create`."
            )
        password, is_new = demo_password()
        tenants = build_demo(password=password, is_new_password=is_new)
        facts = {
            "administrator_email": OLGA,
            "administrator_password": password,
            "portal_url": f"{settings.CIAM_BASE_URL}/",
            "sign_up_url": _sign_up_url(tenants[0]),
            "tenants": [_facts(tenant) for tenant in tenants],
        }
        return Answer(facts, _for_people(facts))


def _sign_up_url(tenant: Tenant) -> str:
    return base_url(tenant) + reverse("customer:sign-up", urlconf=settings.TENANT_URLCONF)


def _facts(tenant: Tenant) -> dict[str, Any]:
    return {
        "domain": tenant.slug,
        "name": tenant.name,
        "base_url": base_url(tenant),
        "issuer": issuer_of(tenant),
        "sign_up_url": _sign_up_url(tenant),
    }


def _for_people(facts: dict[str, Any]) -> str:
    lines = [
        f"Portal    {facts['portal_url']}",
        f"          sign in as {OLGA} (operates all), {ADA} (manages acme) or {GRACE} (manages globex)",
        f"          password {facts['administrator_password']}",
        *(f"Sign up   {tenant['sign_up_url']}" for tenant in facts["tenants"]),
    ]
    return "\n".join(lines)
