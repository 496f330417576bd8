"""The mails in a tenant's or a theme's look: how each reads in each language, and a test sent to whoever asks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branding.brands.lookup import image_url
from branding.languages.offered import offer
from branding.look import Look, resolve
from branding.preview.samples import SampleGroup, samples
from branding.preview.sheet import Chosen, chosen_in
from branding.views.addresses import BrandAt, brand_at
from branding.views.drafts import draft_context
from common.problems import Refused
from portal.views.mailed import tell_mailed
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant
from userflows.journeys.messages.sample_mails import send_sample, written_sample


@tenant_page(needs=Need.BRANDING_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """One mail of the draft as it is saved: light, dark and as text; sent to the administrator at a press."""
    brand = brand_at(tenant, theme_id)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = chosen_in(asked, usual=offer().default, group=SampleGroup.MAILS)
    look = _look_of(brand, chosen.language)
    if request.method == "POST":
        _send(request, brand, chosen, look)
        return redirect(f"{brand.url('mails')}?{chosen.query}")
    context = {
        "chosen": chosen,
        "mails": samples(SampleGroup.MAILS, with_variants=True),
        "languages": offer().known_by_own_name,
        "mail": written_sample(chosen.sample, look=look, language=chosen.language, theme=brand.theme),
        "look": look,
        "frame_url": brand.url("sheet-page"),
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/mails.html", context)


def _look_of(brand: BrandAt, language: str) -> Look:
    """The draft's, with pictures where mail programs find them."""
    layers = brand.layers(language, brand.drafted(image_url), brand.below(image_url))
    return resolve(layers, tenant_name=brand.tenant.name)


def _send(request: PortalRequest, brand: BrandAt, chosen: Chosen, look: Look) -> None:
    to = request.administrator.email
    try:
        send_sample(chosen.sample, look=look, language=chosen.language, theme=brand.theme, to=to)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        tell_mailed(request, _("The email is on its way to %(to)s.") % {"to": to})
