"""A branding that is brought along from the model product."""

import re
from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from branding.forms.imports import ImportForm
from branding.imports.files import Brought
from branding.imports.services import OF_WORDS, Line, Report, take_branding
from branding.telling.values import label_of
from branding.views.addresses import brand_at
from branding.views.drafts import draft_context
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

_MOST_TOLD = 500
# Where a long name may go on in the next line.
_BREAKS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[/_.])")


@tenant_page(needs=Need.BRANDING_CHANGE)
def take(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """Which file, and what has become of all that stood in it."""
    brand = brand_at(tenant, theme_id)
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    report = Report()
    if is_sent and form.is_valid():
        with ProblemsShownAt(form):
            report = take_branding(Brought(form.cleaned_data["file"]), theme=brand.theme, actor=request.actor)
    context = {
        "form": form,
        # What somebody has to look at comes first.
        "report": [
            (line, _BREAKS.split(line.name), _label(line)) for line in sorted(report, key=_is_taken)[:_MOST_TOLD]
        ],
        "taken": sum(map(_is_taken, report)),
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/import.html", context)


def _is_taken(line: Line) -> bool:
    return bool(line.ours)


def _label(line: Line) -> str:
    """What the portal calls it; "" for what isn't taken."""
    if line.ours == OF_WORDS:
        return _("Words")
    return label_of(line.ours) if line.ours else ""
