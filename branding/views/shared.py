"""A draft as somebody sees it who was sent the link: pages with sample data, of which nothing can be pressed."""

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from branding.languages.offered import offer
from branding.look import tenant_name
from branding.looks.choices import DARK, LIGHT
from branding.looks.fallback import Layer, layers_of
from branding.lookup import image_url, read_drafts, read_published
from branding.preview.drafts import look_of, style_sheet_in
from branding.preview.samples import html_of_sample, preview_language, samples
from branding.versions.links import DraftLink, LinkOver, read_link
from branding.views.preview import POLICY, inert
from branding.words.drafts import words_of
from branding.words.in_force import words_as_if
from branding.words.where import Where


@require_safe
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """The choice of page, language and colours, and a frame with what is chosen."""
    try:
        link = read_link(token)
    except LinkOver:
        return _private(render(request, "customer/drafts/over.html", status=410))
    page, language, scheme = _chosen(request)
    asked = f"?page={page}&in={language}&scheme={scheme}"
    context = {
        "language": language,
        "scheme": scheme,
        "samples": samples(),
        "page": page,
        "languages": offer().languages,
        "until": link.until,
        "tenant_name": tenant_name(),
        "theme": link.theme,
        "frame_url": reverse("brand:draft-page", args=[token]) + asked,
    }
    return _private(render(request, "customer/drafts/draft.html", context))


@csp_replace(POLICY)  # type: ignore[arg-type]
@xframe_options_sameorigin
@require_safe
def draft_page(request: HttpRequest, token: str) -> HttpResponse:
    """One page of the draft, inert."""
    try:
        link = read_link(token)
    except LinkOver:
        return _private(HttpResponse(status=410))
    page, language, scheme = _chosen(request)
    look = look_of(_layers(link, language, request), tenant_name=tenant_name(), scheme=scheme)
    words = words_as_if(words_of(link.theme), Where(theme=link.theme.pk if link.theme else None))
    html = html_of_sample(
        page,
        look=look,
        language=preview_language(language),
        style_sheet=style_sheet_in(look.color_scheme),
        words=words,
    )
    return _private(HttpResponse(inert(html)))


def _layers(link: DraftLink, language: str, request: HttpRequest) -> tuple[Layer, ...]:
    """The brandings of a page in this language, if the draft were published."""

    def address_of(digest: str) -> str:
        # Style sheets are data URIs here, against which a path leads nowhere.
        return request.build_absolute_uri(image_url(digest))

    own = read_drafts(address_of).of(link.theme)
    if link.theme is None:
        return layers_of(language, tenant=own)
    return layers_of(language, tenant=read_published(address_of).tenant, theme=own)


def _chosen(request: HttpRequest) -> tuple[str, str, str]:
    """The page, the language and the colours that the address asks for, each one that there is."""
    pages, languages = [sample.key for sample in samples()], offer().codes
    page, language = request.GET.get("page", ""), request.GET.get("in", "")
    scheme = DARK if request.GET.get("scheme") == DARK else LIGHT
    speaks = request.LANGUAGE_CODE
    return page if page in pages else pages[0], language if language in languages else speaks, scheme


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, found by no search engine, and told to no other site."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
