"""Answers for people: pages, and redirects that no cache keeps."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from applications.policies.redirect_uris import origin_of
from oidc.wire.errors import PageRefusal
from userflows.pages import render_customer
from userflows.policies import usable_origins

UNREADABLE = gettext_lazy("This link is broken or incomplete.")
OVER = gettext_lazy("This sign-in has ended. Go back to the app and sign in again.")


def refusal_page(request: HttpRequest, refusal: PageRefusal, *, offers_sign_out: bool = False) -> HttpResponse:
    """Tell the person, there being no client to tell."""
    context = {
        "message": str(refusal),
        "detail": refusal.detail,
        "application_name": refusal.application_name,
        "application_url": refusal.application_url,
        "offers_sign_out": offers_sign_out,
    }
    return render_customer(request, "customer/refused_request.html", context, status=400, client_id=refusal.client_id)


def send_browser_to(uri: str) -> HttpResponse:
    """A redirect by GET (RFC 9110 section 15.4.4), to any scheme a native app may have registered, kept by no cache."""
    return HttpResponse(status=303, headers={"Location": uri, "Cache-Control": "no-store"})


def with_query(uri: str, members: dict[str, str]) -> str:
    """The URI with more parameters; those it was registered with stay as they are."""
    separator = "&" if "?" in uri else "?"
    return f"{uri}{separator}{urlencode(members)}" if members else uri


def allow_forms_to(response: HttpResponse, uri: str) -> HttpResponse:
    """Let the page's form lead to this URI: Chromium holds form-action against redirects after a POST, too."""
    response._csp_update = {"form-action": usable_origins([origin_of(uri)])}  # type: ignore[attr-defined]  # noqa: SLF001
    return response
