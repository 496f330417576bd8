"""Customers as a file: those the list shows, in the columns that are chosen."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.identity.lookup import custom_attribute_types
from bulk.columns import LABELS
from bulk.exports.columns import USUAL, known_columns, labels
from bulk.exports.services import CSV, everybody, export_customers
from frame.access import Need
from frame.downloads import CSV as CSV_TYPE
from frame.downloads import JSON_LINES as JSON_LINES_TYPE
from frame.downloads import streamed
from frame.forms import sent
from frame.pages import PortalRequest, tenant_page
from portal.forms.exports import ExportForm
from tenants.models import Tenant


@tenant_page(needs=Need.CUSTOMERS_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Choose format and columns; the answer to the form is the file, which begins at once. It is noted who took it."""
    if tenant.is_home:
        raise Http404
    known = known_columns(custom_attribute_types())
    form = ExportForm(sent(request), columns=labels(LABELS, known), usual=[name for name in known if name in USUAL])
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        found, described = _asked_for(request)
        pieces = export_customers(
            found, columns=form.cleaned_data["columns"], kind=kind, described=described, actor=request.actor
        )
        name = f"{tenant.slug}-customers-{timezone.now():%Y-%m-%d}.{kind}"
        content_type = CSV_TYPE if kind == CSV else JSON_LINES_TYPE
        return streamed(tenant, pieces, file_name=name, content_type=content_type)
    return render(request, "portal/bulk/export.html", {"form": form})


def _asked_for(_request: PortalRequest) -> tuple[QuerySet[Any], str]:
    """The customers that the list shows, and by which filter."""
    return everybody(), ""
