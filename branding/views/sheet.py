"""All pages and mails of a draft beside each other, to be looked over; and one of them, inside a frame."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from branding.brands.fallback import Brandings
from branding.languages.offered import offer
from branding.preview.samples import SampleGroup, preview_language
from branding.preview.sheet import MOST_LANGUAGES, Sheet, chosen_in, html_of, sheet_in
from branding.views.addresses import brand_at, with_host
from branding.views.drafts import draft_context
from branding.views.preview import POLICY, inert
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

FIRST_SHOWN = 2


@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def sheet(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """The sheet of the draft as it is saved."""
    brand = brand_at(tenant, theme_id)
    shown = sheet_in(request.GET, usual=usual_languages(brand.drafted()))
    context = {**sheet_context(shown, brand.url("sheet-page")), **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/sheet.html", context)


@csp_replace(POLICY)
@xframe_options_sameorigin
@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def sheet_page(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """One page of it."""
    brand, chosen = brand_at(tenant, theme_id), chosen_in(request.GET, usual=offer().default)
    address_of = with_host(request, brand.image_url)
    layers = brand.layers(chosen.language, brand.drafted(address_of), brand.below(address_of))
    return HttpResponse(inert(html_of(chosen, layers, tenant_name=tenant.name, theme=brand.theme)))


def usual_languages(brandings: Brandings) -> list[str]:
    """Those that a sheet shows first: the first that the brand is made for, as far as pages speak them. The default
    branding is made for the default language before all.
    """
    spoken = (preview_language(locale) if locale else offer().default for locale in sorted(brandings))
    return [*dict.fromkeys(spoken)][:FIRST_SHOWN] or [offer().default]


def sheet_context(shown: Sheet, frame_url: str) -> Mapping[str, Any]:
    """What the page with a sheet is told; its frames load what is at `frame_url`."""
    return {
        "sheet": shown,
        "groups": list(SampleGroup),
        "languages": offer().known_by_own_name,
        "most_languages": MOST_LANGUAGES,
        "frame_url": frame_url,
    }
