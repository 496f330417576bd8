"""All pages that whoever likes may ask for, by name, and which of them somebody has asked for."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import URLPattern, URLResolver

from ciam_portal.urls import tenant
from portal.urls import invitation_urlpatterns
from tenants.models import Tenant
from tests.browser import Browser
from userflows.journeys.registry import table

STEP = "customer:step"
SHOWS = "It only shows: it counts nothing, and takes no address."
OF_A_DRAFT = "It shows what an administrator has a link to, and takes nothing."
HARMLESS = {
    "brand:image": SHOWS,
    "brand:style-sheet": SHOWS,
    "application-brand:logo": SHOWS,
    "brand:draft": OF_A_DRAFT,
    "brand:draft-sheet": OF_A_DRAFT,
    "brand:draft-page": OF_A_DRAFT,
    "customer:layout-draft": OF_A_DRAFT,
    "customer:layout-draft-page": OF_A_DRAFT,
    "customer:provider-keys": SHOWS,
    "customer:provider-metadata": SHOWS,
    "customer:related-origins": SHOWS,
    "customer:well-known-change-password": "It leads to the page where a password is changed.",
}
"""The pages by which nobody could be kept out, with the reason."""


def public_pages() -> set[str]:
    """Those of every tenant's address and of an administrator's invitation. Each step, and each button, is one."""
    named = {*_named(tenant.urlpatterns), *_named(invitation_urlpatterns, "invitation:")}
    return named - {STEP} | {f"{STEP} {name}" for step in table() for name in (step.name, *step.buttons)}


def _named(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _named(each.url_patterns, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        elif each.name:
            yield f"{prefix}{each.name}"


class NotingBrowser(Browser):
    """Notes which pages it has asked for, in a set that browsers share."""

    def __init__(self, tenant: Tenant, seen: set[str], **defaults: Any) -> None:
        super().__init__(tenant, **defaults)
        self.seen = seen

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        found = response.wsgi_request.resolver_match
        if found:
            self.seen.add(f"{STEP} {found.kwargs['name']}" if found.view_name == STEP else found.view_name)
        return response
