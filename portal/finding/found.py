"""What a source of the search is asked, and what it answers."""

import re
from dataclasses import dataclass

from django.urls import reverse

from portal_frame.pages import PortalRequest
from tenants.models import Tenant

MOST_OF_A_SOURCE = 5
# As keyboards have it, and as printers do.
HYPHEN = re.compile("[-\u2010\u2011]")


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
    """Whether each word begins one of the text's. With a hyphen or without is the same word: E-Mail, email."""
    parts = [part for word in text.lower().split() for part in (*_apart(word), HYPHEN.sub("", word))]

    def begins(word: str) -> bool:
        return bool(word) and any(part.startswith(word) for part in parts)

    return all(begins(HYPHEN.sub("", word)) or all(map(begins, _apart(word))) for word in words)


def _apart(word: str) -> list[str]:
    return HYPHEN.sub(" ", word).split() or [word]
