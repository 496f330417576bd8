"""The map of a brand: for each language and field what is shown, where it comes from, and the way there."""

from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branding.brands.lookup import read_published
from branding.models import DEFAULT
from branding.policies import name_of_locale
from branding.telling.coverage import Cell, coverage
from branding.views.addresses import BrandAt, brand_at
from branding.views.drafts import draft_context
from frame.access import Need
from frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

DRAFT = "draft"


@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def coverage_map(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """A row for each field, a column for each language; of what is published, or of the draft."""
    brand = brand_at(tenant, theme_id)
    published = read_published(brand.image_url)
    is_draft = request.GET.get("of") == DRAFT
    own = brand.drafted() if is_draft else published.of(brand.theme)
    below = published.tenant if brand.theme else {}
    locales = [DEFAULT, *sorted({*own, *below} - {DEFAULT}, key=name_of_locale)]
    rows = coverage(locales, lambda locale: brand.layers(locale, own, below))
    context = {
        "columns": [name_of_locale(locale) if locale else _("All others") for locale in locales],
        "rows": [(row, [(cell, *_source(brand, cell, row.name)) for cell in row.cells]) for row in rows],
        "is_draft": is_draft,
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/coverage.html", context)


def _source(brand: BrandAt, cell: Cell, name: str) -> tuple[str, str, str]:
    """Where it comes from in words, a class for its colour, and the address where it is changed."""
    if cell.layer is None:
        return _("Neutral"), "neutral", f"{brand.url_of('edit', DEFAULT)}#id_{name}"
    layer = cell.layer
    source = brand if layer.is_of_theme or not brand.theme else BrandAt(brand.tenant)
    where = f"{source.url_of('edit', layer.locale)}#id_{name}"
    kind = ("theme" if layer.is_of_theme else "tenant") + ("-language" if layer.locale else "")
    told = name_of_locale(layer.locale)
    return f"{source.name} · {told}" if brand.theme else told, kind, where
