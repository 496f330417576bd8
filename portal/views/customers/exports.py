"""Customers as a file: those the list shows, in the columns that are chosen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.finding.lookup import customers_found
from accounts.identity.lookup import custom_attribute_types
from bulk.columns import LABELS
from bulk.exports.columns import USUAL, known_columns, labels
from bulk.exports.services import CSV, export_customers
from common.problems import Code, Problem, Refused
from portal.forms.customers.exports import ExportForm
from portal.views.customers.filters import filters_in
from portal.views.customers.pages import customers_page
from portal_frame.access import Need
from portal_frame.downloads import CSV as CSV_TYPE
from portal_frame.downloads import JSON_LINES as JSON_LINES_TYPE
from portal_frame.downloads import streamed
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest
from tenants.models import Tenant
from tenants.policies import AdministratorRole


@customers_page(needs=Need.CUSTOMERS_EXPORT, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Choose format and columns; the answer to the form is the file, which begins at once. It is noted who took it."""
    known = known_columns(custom_attribute_types())
    usual = [name for name in known if name in USUAL]
    form = ExportForm(sent(request), columns=labels(LABELS, known), usual=usual, is_owner=_is_owner(request))
    asked = filters_in(request, tenant)
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        with ProblemsShownAt(form):
            if asked.errors:
                raise Refused(
                    [
                        Problem(
                            Code.INVALID, "", _("A filter can’t be read, so it isn’t clear which customers you mean.")
                        )
                    ]
                )
            pieces = export_customers(
                customers_found(asked.asked),
                columns=form.cleaned_data["columns"],
                kind=kind,
                described=asked.query,
                with_hashes=form.cleaned_data.get("with_hashes", False),
                actor=request.actor,
            )
            name = f"{tenant.slug}-customers-{timezone.now():%Y-%m-%d}.{kind}"
            content_type = CSV_TYPE if kind == CSV else JSON_LINES_TYPE
            return streamed(tenant, pieces, file_name=name, content_type=content_type)
    page = {"form": form, "asked": asked, "chips": list(asked.chips()), "search": asked.asked.search}
    return render(request, "portal/bulk/export.html", page)


def _is_owner(request: PortalRequest) -> bool:
    """Whether somebody owns the tenant, or the installation: nobody else gets password hashes."""
    return AdministratorRole.OWNER in {request.tenant_role, request.operator_role}
