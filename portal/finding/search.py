"""All sources of the search, in the order in which what they find is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.finding.found import Asked, Found
from portal.finding.places import find_pages, find_settings
from portal.finding.things import (
    find_applications,
    find_customers,
    find_documentation,
    find_groups,
    find_tenants,
    find_user_flows,
)
from portal_frame.access import Need


@dataclass(frozen=True)
class SearchSource:
    """Where to look: what its rows are called together, the icon of each, what one needs to see them."""

    title: str | Promise
    icon: str
    needs: Need
    find: Callable[[Asked], list[Found]]
    of_tenant: bool = False
    unasked: bool = False


SOURCES = (
    SearchSource(_("Pages"), "arrow-right", Need.OWN_PROFILE, find_pages, unasked=True),
    SearchSource(_("App registrations"), "app-window", Need.APPLICATIONS_READ, find_applications, of_tenant=True),
    SearchSource(_("Customers"), "circle-user-round", Need.CUSTOMERS_READ, find_customers, of_tenant=True),
    SearchSource(_("User flows"), "route", Need.FLOWS_READ, find_user_flows, of_tenant=True),
    SearchSource(_("Groups"), "users", Need.CUSTOMERS_READ, find_groups, of_tenant=True),
    SearchSource(_("Settings"), "settings", Need.OWN_PROFILE, find_settings),
    SearchSource(_("Tenants"), "building-2", Need.TENANTS_READ, find_tenants),
    SearchSource(_("Documentation"), "book-open", Need.OWN_PROFILE, find_documentation),
)


@dataclass(frozen=True)
class FoundGroup:
    """What one source has found."""

    title: str
    icon: str
    rows: list[Found]


def search(asked: Asked) -> list[FoundGroup]:
    """What there is for whoever asks, by source; pages alone if nothing is searched for.

    What is called just so comes first, whichever source it is of.
    """
    groups = [
        FoundGroup(str(source.title), source.icon, rows)
        for source in SOURCES
        if _is_asked(source, asked) and (rows := source.find(asked))
    ]
    return sorted(groups, key=lambda group: not _has_just_that(group, asked.query.lower()))


def _is_asked(source: SearchSource, asked: Asked) -> bool:
    if source.needs not in asked.request.allowed or (source.of_tenant and asked.tenant is None):
        return False
    return bool(asked.query) or source.unasked


def _has_just_that(group: FoundGroup, query: str) -> bool:
    return bool(query) and any(query in {row.title.lower(), row.detail.lower()} for row in group.rows)
