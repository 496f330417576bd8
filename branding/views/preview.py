"""A customer page or a mail in a look that isn't saved: for administrators, inside a frame of the portal, and inert."""

from contextlib import nullcontext
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin

from branding.brands.content import Content, read, words_in
from branding.brands.fallback import Brandings
from branding.description import BrandingValues
from branding.forms.brandings import BrandingForm
from branding.look import resolve
from branding.looks.choices import DARK, LIGHT
from branding.models import DEFAULT, BrandVersion
from branding.preview.drafts import draft_of, look_of
from branding.preview.samples import at_once, html_of_sample, preview_language
from branding.versions.services import draft_of as brand_draft
from branding.views.addresses import BrandAt, brand_at, locale_of, with_host
from branding.words.in_force import words_as_if
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

# The draft's images and the styles come inside the page, as data URIs; a mail has its styles written out. Nothing in it
# may run or be sent.
POLICY = {
    "script-src": [NONE],
    "style-src": [SELF, "data:", UNSAFE_INLINE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-same-origin"],
}


@csp_replace(POLICY)
@xframe_options_sameorigin
@tenant_page(needs=Need.BRANDING_READ)
def preview(request: PortalRequest, tenant: Tenant, locale: str, theme_id: UUID | None = None) -> HttpResponse:
    """The page named by `preview_page`, with the posted draft; with the saved one when nothing is posted, or with the
    version whose number is asked for. What isn't seen at once on it is shown if `preview_all` is there.
    """
    brand, locale = brand_at(tenant, theme_id), locale_of(locale)
    chosen = request.POST if request.method == "POST" else request.GET
    address_of = with_host(request, brand.image_url)
    content = _version_or_draft(request, brand)
    own, below = read(content, address_of), brand.below(address_of)
    if locale not in own:
        raise Http404
    if request.method == "POST":
        own = {**own, locale: _posted(request, brand, own, below, locale)}
    if locale == DEFAULT:
        # It is looked at as if there were no branding for the language it is shown in.
        own = {DEFAULT: own[DEFAULT]}
    scheme = DARK if chosen.get("preview_scheme") == DARK else LIGHT
    look = look_of(brand.layers(locale, own, below), tenant_name=tenant.name, scheme=scheme)
    language = preview_language(locale, chosen.get("preview_language", ""))
    key, words = chosen.get("preview_page", ""), words_as_if(words_in(content), brand.where)
    with nullcontext() if "preview_all" in chosen else at_once():
        html = html_of_sample(key, look=look, language=language, words=words)
    return HttpResponse(inert(html))


def inert(html: str) -> str:
    """The page so that nothing on it can be focused or clicked: no other page then opens inside the frame."""
    return html.replace("<body", "<body inert", 1)


def _version_or_draft(request: PortalRequest, brand: BrandAt) -> Content:
    number = request.GET.get("version", "")
    if not number.isdecimal():
        return brand_draft(brand.theme)
    version = get_object_or_404(BrandVersion.objects.of_brand(brand.theme), number=int(number[:9]))
    content: Content = version.content
    return content


def _posted(request: PortalRequest, brand: BrandAt, own: Brandings, below: Brandings, locale: str) -> BrandingValues:
    """The values of one branding as they are being typed."""
    fallback = resolve(brand.layers(locale, own, below), tenant_name=brand.tenant.name)
    has_fallback = bool(locale or brand.theme)
    typed = request.POST.copy()
    # What is typed is shown, whatever somebody else has saved meanwhile.
    typed.pop("seen", None)
    form = BrandingForm(typed, request.FILES, own=own[locale], fallback=fallback, has_fallback=has_fallback)
    form.full_clean()
    return draft_of(own[locale], fields=form.values, images=form.images, crops=form.crops)
