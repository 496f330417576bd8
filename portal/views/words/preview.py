"""A customer page or a mail with words that aren't saved yet: inside a frame of the portal, and inert."""

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from branding.languages.offered import catalogue_of
from branding.looks.choices import DARK, LIGHT
from branding.looks.fallback import layers_of
from branding.lookup import read_published
from branding.preview.drafts import look_of
from branding.preview.samples import html_of_sample
from branding.views.addresses import BrandAt
from branding.views.preview import POLICY, inert
from branding.words.drafts import words_of
from branding.words.in_force import words_as_if
from branding.words.rows import rows_in
from branding.words.services import valid_texts
from frame.access import Need
from frame.pages import PortalRequest, tenant_page
from portal.forms.words import asked_in, typed_in
from tenants.models import Tenant


@csp_replace(POLICY)
@xframe_options_sameorigin
@tenant_page(needs=Need.BRANDING_READ)
def preview(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The page named by `preview_page` in the tenant's look, with what is typed as far as it could be saved."""
    asked = asked_in(request.GET)
    chosen = request.POST if request.method == "POST" else request.GET
    brand = BrandAt(tenant, asked.theme)
    published = read_published(lambda digest: request.build_absolute_uri(brand.image_url(digest)))
    scheme = DARK if chosen.get("preview_scheme") == DARK else LIGHT
    theme = published.of(asked.theme) if asked.theme else None
    layers = layers_of(catalogue_of(asked.language.code), tenant=published.tenant, theme=theme)
    before = {row.sentence.text: row.before for row in rows_in(asked.language.code, asked.where)}
    draft = valid_texts(asked.language.code, typed_in(request.POST), before)
    look = look_of(layers, tenant_name=tenant.name, scheme=scheme)
    html = html_of_sample(
        chosen.get("preview_page", ""),
        look=look,
        language=asked.language.code,
        words=words_as_if(words_of(asked.theme), asked.where, {asked.language.code: draft}),
    )
    return HttpResponse(inert(html))
