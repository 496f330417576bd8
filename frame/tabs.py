"""The tabs of a thing that has several pages."""

from dataclasses import dataclass

from django.urls import reverse

from tenants.models import Tenant


@dataclass(frozen=True)
class Tab:
    """One tab of a thing, with an address of its own."""

    name: str
    url: str
    is_current: bool


def tabs(path: str, *named_urls: tuple[str, str]) -> list[Tab]:
    """Tabs from (name, URL) pairs; the one at `path` is current."""
    return [Tab(name, url, url == path) for name, url in named_urls]


def settings_tabs(path: str, tenant: Tenant) -> list[Tab]:
    """The tabs of a tenant's settings; a page below one of them has it as the current one."""
    pages = {
        "General": "tenant-settings",
        "Sessions": "tenant-sessions",
        "Signing keys": "signing-keys",
        "Registration": "registration",
    }
    urls = {name: reverse(f"portal:{page}", args=[tenant.slug]) for name, page in pages.items()}
    current = max((url for url in urls.values() if path.startswith(url)), key=len, default="")
    return tabs(current, *urls.items())
