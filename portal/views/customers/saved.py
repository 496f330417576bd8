"""Saved views of the customers' list: filters and columns under a name, for oneself or for all of the tenant."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from accounts.finding.services import delete_view, save_view
from accounts.models import CustomerView
from bulk.forms.filters import LOCKED, NEVER
from portal.forms.customers.views import SavedViewForm
from portal.views.customers.columns import chosen_columns
from portal.views.customers.filters import filters_in
from portal.views.customers.pages import customers_page
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import ProblemsShownAt
from portal_frame.pages import PortalRequest
from tenants.models import Tenant

# Views that everybody has, by what stands in the address.
BUILT_IN = [
    (gettext_noop("All"), ""),
    (gettext_noop("New this week"), "up_from=7d"),
    (gettext_noop("Locked now"), f"state={LOCKED}"),
    (gettext_noop("Never signed in"), f"seen={NEVER}"),
]


@customers_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Save what the list shows under a name; below, the views there are."""
    filters = filters_in(request, tenant)
    is_sent = request.method == "POST"
    form = SavedViewForm(request.POST if is_sent else None, built_in=[name for name, _kept in BUILT_IN])
    filters.is_valid()
    if is_sent and form.is_valid():
        with ProblemsShownAt(form):
            owner = request.administrator.pk
            query = filters.with_columns([each.name for each in chosen_columns(owner, filters.columns_asked)])
            view = save_view(administrator_id=owner, query=query, actor=request.actor, **form.cleaned_data)
            messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
            return redirect(filters.without())
    context = {
        "form": form,
        "chips": list(filters.chips()),
        "search": filters.data.get("q", ""),
        "back_url": filters.without(),
        "views": views_for(request.administrator.pk),
    }
    return render(request, "portal/customers/views.html", context)


@customers_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def delete(request: PortalRequest, tenant: Tenant, view_id: UUID) -> HttpResponse:
    """Delete a view of one's own, or one that is shared."""
    view = views_for(request.administrator.pk).filter(pk=view_id).first()
    if view is None:
        raise Http404
    delete_view(view, actor=request.actor)
    told = _("The view “%(name)s” was deleted.") % {"name": view.name}
    if view.administrator_id == request.administrator.pk:
        saving = f"{reverse('portal:customer-views', args=[tenant.slug])}?{view.query}"
        say_with_undo(request, told, url=saving, fields={"name": view.name, "is_shared": view.is_shared})
    else:
        # Whoever saved it again would have it for their own.
        messages.success(request, told)
    return redirect("portal:customer-views", tenant.slug)


def views_for(administrator_id: UUID) -> QuerySet[CustomerView]:
    """The views that this administrator sees: their own, and those shared by others."""
    return CustomerView.objects.filter(Q(administrator_id=administrator_id) | Q(is_shared=True))
