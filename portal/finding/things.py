"""What there is: applications, customers, user flows and groups of the tenant being looked at, and tenants.

Pages of the documentation are found here, too.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django_tenants.utils import schema_context

from accounts.finding.in_order import newest_found
from accounts.finding.lookup import CustomerFilter
from accounts.models import Account, Group
from applications.lookup.listing import applications_matching
from common.database.brief import TookTooLong, brief
from common.text.ids import uuid_of
from documentation.pages import SHELVES
from documentation.search import search as search_documentation
from portal.finding.found import MOST_OF_A_SOURCE, Asked, Found
from portal_frame.pages import tenants_managed
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from userflows.models import UserFlow

# Who types goes on meanwhile, so what takes longer is left out.
SECONDS = 1.0


def find_applications(asked: Asked) -> list[Found]:
    """By name or client ID."""
    return [
        Found(application.name, asked.url("application-quick-start", application.client_id), application.client_id)
        for application in applications_matching(asked.query)[:MOST_OF_A_SOURCE]
    ]


def find_customers(asked: Asked) -> list[Found]:
    """By any part of a name or an address, the newest first, or by ID. At home there are administrators instead."""
    if asked.tenant is None or asked.tenant.is_home:
        return []
    if (account_id := uuid_of(asked.query)) is not None:
        return [_customer(asked, account) for account in Account.objects.filter(pk=account_id)]
    try:
        with brief(SECONDS):
            newest = newest_found(CustomerFilter(search=asked.query), MOST_OF_A_SOURCE)
            accounts = [entry.account for entry in newest]
    except TookTooLong:
        return []
    return [_customer(asked, account) for account in accounts]


def _customer(asked: Asked, account: Account) -> Found:
    beside = account.email if account.name else ""
    return Found(account.name or account.email, asked.url("customer", account.pk), beside)


def find_user_flows(asked: Asked) -> list[Found]:
    return [
        Found(flow.name, asked.url("userflow", flow.pk), gettext("Default") if flow.is_default else "")
        for flow in UserFlow.objects.filter(name__icontains=asked.query)[:MOST_OF_A_SOURCE]
    ]


def find_groups(asked: Asked) -> list[Found]:
    return [
        Found(group.name, asked.url("group", group.pk))
        for group in Group.objects.filter(name__icontains=asked.query)[:MOST_OF_A_SOURCE]
    ]


def find_tenants(asked: Asked) -> list[Found]:
    """By name or domain, among those that whoever asks manages."""
    with schema_context(PUBLIC):
        managed = tenants_managed(asked.request).exclude(state=Tenant.State.DELETED)
        named = Q(name__icontains=asked.query) | Q(slug__startswith=asked.query.lower())
        found = list(managed.filter(named).order_by("name", "pk")[:MOST_OF_A_SOURCE])
    return [Found(tenant.name, reverse("portal:tenant", args=[tenant.slug]), tenant.slug) for tenant in found]


def find_documentation(asked: Asked) -> list[Found]:
    """Sections in which all words stand."""
    found = []
    for hit in search_documentation(asked.query, most=MOST_OF_A_SOURCE):
        url = reverse("portal:documentation-page", args=[hit.page.key])
        if hit.section.anchor:
            found.append(Found(f"{hit.page.title} › {hit.section.heading}", f"{url}#{hit.section.anchor}"))
        else:
            found.append(Found(hit.page.title, url, gettext(SHELVES[hit.page.shelf])))
    return found
