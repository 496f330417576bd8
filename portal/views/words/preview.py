"""A customer page or a mail with words that aren't saved yet, inside a frame of the portal and inert, and which of them
a sentence is read on.
"""

from csp.decorators import csp_replace
from django.http import HttpResponse, JsonResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from branding.brands.lookup import layers_in, read_published
from branding.look import Look
from branding.looks.choices import DARK, LIGHT
from branding.preview.drafts import look_of
from branding.preview.samples import html_of_sample
from branding.preview.sentences import samples_by_sentence
from branding.views.addresses import BrandAt
from branding.views.preview import POLICY, inert
from branding.words.drafts import words_of
from branding.words.in_force import words_as_if
from branding.words.rows import rows_in
from branding.words.services import valid_texts
from portal.forms.words import SentenceQuery, asked_in, name_of, typed_in
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@csp_replace(POLICY)
@xframe_options_sameorigin
@tenant_page(needs=Need.BRANDING_READ)
def preview(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The page named by `preview_page` in the tenant's look, with what is typed as far as it could be saved."""
    asked = asked_in(request.GET)
    chosen = request.POST if request.method == "POST" else request.GET
    scheme = DARK if chosen.get("preview_scheme") == DARK else LIGHT
    before = {row.sentence.text: row.before for row in rows_in(asked.language.code, asked.where)}
    draft = valid_texts(asked.language.code, typed_in(request.POST), before)
    html = html_of_sample(
        chosen.get("preview_page", ""),
        look=_look(request, tenant, asked, scheme),
        language=asked.language.code,
        words=words_as_if(words_of(asked.theme), asked.where, {asked.language.code: draft}),
    )
    return HttpResponse(inert(html))


@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def samples(request: PortalRequest, tenant: Tenant) -> JsonResponse:
    """By the name of a sentence in the editor, the keys of the samples on which it is read."""
    asked = asked_in(request.GET)
    found = samples_by_sentence(_look(request, tenant, asked, LIGHT))
    return JsonResponse({name_of(text): keys for text, keys in found.items()})


def _look(request: PortalRequest, tenant: Tenant, asked: SentenceQuery, scheme: str) -> Look:
    """What is published of the brand whose words they are."""
    brand = BrandAt(tenant, asked.theme)
    published = read_published(lambda digest: request.build_absolute_uri(brand.image_url(digest)))
    theme = published.of(asked.theme) if asked.theme else None
    layers = layers_in(asked.language.code, tenant=published.tenant, theme=theme)
    return look_of(layers, tenant_name=tenant.name, scheme=scheme)
