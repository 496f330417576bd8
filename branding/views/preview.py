"""A customer page or a mail in a look that isn't saved: for administrators, inside a frame of the portal, and inert."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from branding.forms import BrandingForm
from branding.look import chain_of, read_brandings, resolve
from branding.models import DEFAULT
from branding.preview.drafts import DARK, LIGHT, draft_look, draft_of, style_sheet_in
from branding.preview.samples import html_of_sample, preview_language
from branding.views.addresses import locale_of
from branding.words.in_force import words_in_force
from frame.access import Need
from frame.pages import PortalRequest, tenant_page
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
def preview(request: PortalRequest, tenant: Tenant, locale: str) -> HttpResponse:
    """The page named by `preview_page`, with the posted draft; with the saved values when nothing is posted."""
    locale = locale_of(locale)
    chosen = request.POST if request.method == "POST" else request.GET
    brandings = read_brandings(
        image_url=lambda digest: request.build_absolute_uri(
            reverse("portal:branding-image", args=[tenant.slug, digest])
        )
    )
    if locale not in brandings:
        raise Http404
    saved = draft = brandings[locale]
    if request.method == "POST":
        fallback = resolve([brandings[each] for each in chain_of(locale, brandings)], tenant_name=tenant.name)
        form = BrandingForm(request.POST, request.FILES, own=saved, fallback=fallback, locale=locale)
        form.full_clean()
        draft = draft_of(saved, fields=form.values, images=form.images)
    scheme = DARK if chosen.get("preview_scheme") == DARK else LIGHT
    language = preview_language(locale, chosen.get("preview_language", ""))
    look = draft_look(
        draft,
        locale=locale,
        # The default is looked at as if there were no branding for the language it is shown in.
        language=locale,
        brandings=brandings if locale != DEFAULT else {},
        tenant_name=tenant.name,
        scheme=scheme,
    )
    page = chosen.get("preview_page", "")
    styles = style_sheet_in(scheme)
    html = html_of_sample(page, look=look, language=language, style_sheet=styles, words=words_in_force())
    # What is inert can't be focused or clicked; no other page then opens inside the frame.
    return HttpResponse(html.replace("<body", "<body inert", 1))
