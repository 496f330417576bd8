"""What a source of the search is asked, and what it answers."""

from dataclasses import dataclass

from django.urls import reverse

from portal_frame.pages import PortalRequest
from tenants.models import Tenant

MOST_OF_A_SOURCE = 5


@dataclass(frozen=True)
class Asked:
    """What is searched for, by whom, and in which tenant; None outside of any, or in a deleted one."""

    request: PortalRequest
    tenant: Tenant | None
    query: str

    @property
    def words(self) -> list[str]:
        return self.query.lower().split()

    def url(self, url_name: str, *arguments: object) -> str:
        """A page of the tenant being looked at."""
        slug = self.tenant.slug if self.tenant else ""
        return reverse(f"portal:{url_name}", args=[slug, *arguments])


@dataclass(frozen=True)
class Found:
    """One row: what it is called, where it leads, and what tells it from others of that name."""

    title: str
    url: str
    detail: str = ""


def fits(words: list[str], text: str) -> bool:
    """Whether each word begins one of the text's."""
    parts = text.lower().replace("-", " ").split()
    return all(any(part.startswith(word) for part in parts) for word in words)
