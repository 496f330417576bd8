"""Everybody who manages any tenant, for operators."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_tenants.utils import schema_context

from accounts.models import Account
from operations.administrators import lost_factors
from operations.administrators.memberships import remove_everywhere
from operations.administrators.people import people_of
from portal.forms.administrators import RemoveFactorsForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import list_page, searched_for
from portal_frame.pages import PortalRequest, portal_page
from portal_frame.roles import name_of
from tenants.errors import TenantError
from tenants.lookup import PUBLIC
from tenants.models import Membership


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """All who have an account in the home tenant, by address, with what they manage."""
    query = searched_for(request)
    found = Account.objects.kept()
    for word in query.split():
        found = found.filter(Q(email__icontains=word) | Q(display_name__icontains=word))
    page = list_page(request, found, by="canonical_email")
    context = {"page": page, "people": people_of(page.rows), "query": query}
    return render(request, "portal/people/list.html", context)


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def person(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """One of them, and every tenant they manage."""
    account = get_object_or_404(Account.objects.kept(), pk=person_id)
    with schema_context(PUBLIC):
        theirs = Membership.objects.filter(account_id=account.pk).select_related("tenant")
        page = list_page(request, theirs, by="created_at")
    context = {
        "person": people_of([account])[0],
        "page": page,
        "rows": [(each, name_of(each.role)) for each in page.rows],
        "may_change": Need.INSTALLATION_CHANGE in request.allowed and account.pk != request.administrator.pk,
    }
    return render(request, "portal/people/person.html", context)


@portal_page(needs=Need.INSTALLATION_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Take every tenant from somebody who leaves, after asking; all of them or, where one has no other owner, none."""
    account = get_object_or_404(Account.objects.kept(), pk=person_id)
    if request.method == "POST":
        try:
            removed = remove_everywhere(account.pk, actor=request.actor)
        except TenantError as error:
            messages.error(request, str(error))
        else:
            told = ngettext(
                "%(address)s was removed from %(number)d tenant.",
                "%(address)s was removed from %(number)d tenants.",
                removed,
            )
            messages.success(request, told % {"address": account.email, "number": removed})
        return redirect("portal:person", account.pk)
    return render(request, "portal/people/remove.html", {"person": people_of([account])[0]})


@portal_page(needs=Need.INSTALLATION_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_factors(request: PortalRequest, person_id: UUID) -> HttpResponse:
    """Take the second factors from somebody who has lost them, after asking why."""
    account = get_object_or_404(Account.objects.kept(), pk=person_id)
    form = RemoveFactorsForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            _remove_factors(request, account, form.cleaned_data["reason"])
            return redirect("portal:person", account.pk)
    return render(request, "portal/people/remove_factors.html", {"person": people_of([account])[0], "form": form})


def _remove_factors(request: PortalRequest, account: Account, reason: str) -> None:
    try:
        had_any = lost_factors.remove_factors(account, reason=reason, actor=request.actor)
    except TenantError as error:
        messages.error(request, str(error))
        return
    if had_any:
        told = gettext("%(address)s no longer has a second factor, and is signed out everywhere.")
    else:
        told = gettext("%(address)s has no second factor.")
    messages.success(request, told % {"address": account.email})
