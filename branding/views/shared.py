"""A draft as somebody sees it who was sent the link: pages with sample data, of which nothing can be pressed.

What stands around them speaks the languages of the portal: colleagues read it, and no customer.
"""

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from branding.brands.fallback import Layer
from branding.brands.lookup import image_url, layers_in, read_drafts, read_published
from branding.languages.offered import offer
from branding.look import tenant_name
from branding.models import DraftLink
from branding.preview.samples import samples_by_group
from branding.preview.sheet import chosen_in, html_of, sheet_in
from branding.versions.links import LinkOver, note_opening, opened_link
from branding.views.addresses import with_host
from branding.views.preview import POLICY, inert
from branding.views.sheet import sheet_context, usual_languages
from common.web.language import speak

View = Callable[[HttpRequest, DraftLink], HttpResponse]


def by_link(view: View, opened: Callable[[str], DraftLink] = opened_link) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page for whoever has a link, which is given to it as it is `opened`; no cache keeps it."""

    @wraps(view)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return _private(view(request, opened(token)))
        except LinkOver:
            speak(request)
            return _private(render(request, "portal/branding/shared/over.html", status=410))

    return page


@require_safe
@by_link
def draft(request: HttpRequest, link: DraftLink) -> HttpResponse:
    """The choice of page, language and colours, and a frame with what is chosen."""
    note_opening(link)
    chosen = chosen_in(request.GET, usual=request.LANGUAGE_CODE)
    speak(request)
    context = {
        "link": link,
        "chosen": chosen,
        "groups": samples_by_group(with_variants=True),
        "languages": offer().known_by_own_name,
        **_around(request),
    }
    return render(request, "portal/branding/shared/draft.html", context)


@require_safe
@by_link
def draft_sheet(request: HttpRequest, link: DraftLink) -> HttpResponse:
    """All pages beside each other."""
    note_opening(link)
    shown = sheet_in(request.GET, usual=usual_languages(read_drafts().of(link.theme)))
    speak(request)
    around = _around(request)
    context = {"link": link, **sheet_context(shown, around["page_url"]), **around}
    return render(request, "portal/branding/shared/sheet.html", context)


@csp_replace(POLICY)  # type: ignore[arg-type]
@xframe_options_sameorigin
@require_safe
@by_link
def draft_page(request: HttpRequest, link: DraftLink) -> HttpResponse:
    """One page of the draft, inert."""
    chosen = chosen_in(request.GET, usual=request.LANGUAGE_CODE)
    layers = _layers(link, chosen.language, request)
    return HttpResponse(inert(html_of(chosen, layers, tenant_name=tenant_name(), theme=link.theme)))


def _around(request: HttpRequest) -> dict[str, str]:
    """What both views say on top, and how one comes from one to the other."""
    named = [request.resolver_match.kwargs["token"]] if request.resolver_match else []
    return {
        "tenant_name": tenant_name(),
        "one_url": reverse("brand:draft", args=named),
        "all_url": reverse("brand:draft-sheet", args=named),
        "page_url": reverse("brand:draft-page", args=named),
    }


def _layers(link: DraftLink, language: str, request: HttpRequest) -> tuple[Layer, ...]:
    """The brandings of a page in this language, if the draft were published."""
    address_of = with_host(request, image_url)
    own = read_drafts(address_of).of(link.theme)
    if link.theme is None:
        return layers_in(language, tenant=own)
    return layers_in(language, tenant=read_published(address_of).tenant, theme=own)


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, found by no search engine, and told to no other site."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
