"""What is done to several customers of the list: those marked, or all that it finds."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.finding.lookup import customers_found
from accounts.models import Account, CustomerEntry, Group
from bulk.actions.services import choose_for_action
from bulk.actions.verbs import VERBS
from bulk.chain import need_of
from bulk.forms.filters import FilterForm
from bulk.models import Kind
from bulk.reports import CHOSEN, EVERYBODY
from common.problems import Code, Problem, Refused
from common.text.ids import uuid_of
from common.text.languages import ENGLISH
from portal.views.customers.filters import filters_in
from portal.views.customers.pages import customers_page
from portal_frame.access import Need
from portal_frame.pages import PortalRequest
from tenants.models import Tenant

FOUND = "found"


@customers_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def choose_action(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Write down who is meant, and lead to the page that asks whether they are the right ones."""
    asked = filters_in(request, tenant)
    try:
        kind = _kind(request)
        operation = choose_for_action(
            kind,
            chosen=_chosen(request, asked),
            actor=request.actor,
            group=_group(request) if VERBS[kind].has_group else None,
            subject=_in_words(request, tenant),
        )
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect(asked.without())
    return redirect("portal:operation", tenant.slug, operation.pk)


def _kind(request: PortalRequest) -> Kind:
    named = request.POST.get("action", "")
    if named not in VERBS or need_of(named) not in request.allowed:
        raise Refused([Problem(Code.UNKNOWN, "", _("Choose what to do with them."))])
    return Kind(named)


def _chosen(request: PortalRequest, asked: FilterForm) -> QuerySet[CustomerEntry] | QuerySet[Account]:
    if request.POST.get("whom") == FOUND:
        if asked.errors:
            raise Refused(
                [Problem(Code.INVALID, "", _("A filter can’t be read, so it isn’t clear which customers you mean."))]
            )
        return customers_found(asked.asked)
    return Account.objects.filter(pk__in=_uuids(request.POST.getlist("account")))


def _group(request: PortalRequest) -> Group:
    [*found] = Group.objects.filter(pk__in=_uuids([request.POST.get("group", "")]))
    if not found:
        raise Refused([Problem(Code.REQUIRED, "", _("Choose the group."))])
    return found[0]


def _uuids(texts: list[str]) -> list[UUID]:
    """Those of the texts that can be IDs."""
    return [found for text in texts if (found := uuid_of(text))]


@translation.override(ENGLISH)
def _in_words(request: PortalRequest, tenant: Tenant) -> str:
    """Who is meant, as the list says it in English: it is kept."""
    if request.POST.get("whom") != FOUND:
        return CHOSEN
    asked = filters_in(request, tenant)
    words = [f"“{asked.asked.search}”"] if asked.asked.search else []
    words += [f"{chip.name}: {chip.value}" for chip in asked.chips()]
    return ", ".join(words) or EVERYBODY
