"""Sending the customer back to an application, with a code or an error: by redirect, or by a form that posts itself."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from applications.policies.redirect_uris import origin_of
from oidc.authorization.request import Addressee
from oidc.errors import PageRefusal, ProtocolError
from oidc.policies import FORM_POST
from userflows.pages import render_customer
from userflows.policies import usable_origins

UNREADABLE = gettext_lazy("The link that led here can't be read.")


def reply(request: HttpRequest, to: Addressee, *, issuer: str, members: dict[str, str]) -> HttpResponse:
    """Answer the client; `state` and `iss` (RFC 9207) go with every answer."""
    members = {**members, **({"state": to.state} if to.state else {}), "iss": issuer}
    if to.response_mode == FORM_POST:
        context = {"redirect_uri": to.redirect_uri, "members": members, "application_name": to.client.name}
        response = render_customer(request, "customer/form_post.html", context)
        return allow_forms_to(response, to.redirect_uri)
    return see_other(with_query(to.redirect_uri, members))


def reply_error(request: HttpRequest, to: Addressee, *, issuer: str, error: ProtocolError) -> HttpResponse:
    """Tell the client what was refused (RFC 6749 section 4.1.2.1)."""
    members = {"error": error.code}
    if error.description:
        members["error_description"] = error.description
    return reply(request, to, issuer=issuer, members=members)


def refusal_page(request: HttpRequest, refusal: PageRefusal, *, offers_sign_out: bool = False) -> HttpResponse:
    """Tell the person, there being no client to tell."""
    context = {
        "message": str(refusal),
        "detail": refusal.detail,
        "application_name": refusal.application_name,
        "application_url": refusal.application_url,
        "offers_sign_out": offers_sign_out,
    }
    return render_customer(request, "customer/refused_request.html", context, status=400)


def see_other(uri: str) -> HttpResponse:
    """A redirect by GET, to any scheme a native app may have registered, kept by no cache."""
    return HttpResponse(status=303, headers={"Location": uri, "Cache-Control": "no-store"})


def with_query(uri: str, members: dict[str, str]) -> str:
    """The URI with more parameters; those it was registered with stay as they are."""
    separator = "&" if "?" in uri else "?"
    return f"{uri}{separator}{urlencode(members)}" if members else uri


def allow_forms_to(response: HttpResponse, uri: str) -> HttpResponse:
    """Let the page's form lead to this URI: Chromium holds form-action against redirects after a POST, too."""
    response._csp_update = {"form-action": usable_origins([origin_of(uri)])}  # type: ignore[attr-defined]  # noqa: SLF001
    return response
