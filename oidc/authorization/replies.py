"""Sending the customer back to an application, with a code or an error: by redirect, or by a form that posts itself."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from applications.policies.redirect_uris import host_of
from oidc.authorization.requests.request import Addressee
from oidc.issuer.identity import issuer_for
from oidc.tokens.signed import authorization_response
from oidc.wire.addresses import issuer_of
from oidc.wire.errors import ProtocolError, SigningKeysUnreadable
from oidc.wire.pages import send_browser_to, with_query
from oidc.wire.policies import FORM_POST, FORM_POST_JWT, FRAGMENT_JWT, SIGNED_MODES
from oidc.wire.requests import TenantRequest
from userflows.pages import lead_to_application, render_customer

BY_FORM = (FORM_POST, FORM_POST_JWT)


def reply(request: TenantRequest, to: Addressee, *, members: dict[str, str]) -> HttpResponse:
    """Answer the client; `state` and `iss` (RFC 9207) go with every answer."""
    told = _told(request, to, members)
    if to.response_mode in BY_FORM:
        context = {"redirect_uri": to.redirect_uri, "members": told, "application_name": to.client.name}
        return _posting(render_customer(request, "customer/form_post.html", context, client_id=to.client.client_id))
    return send_browser_to(_address(to, told))


def reply_error(request: TenantRequest, to: Addressee, *, error: ProtocolError) -> HttpResponse:
    """Tell the client what was refused (RFC 6749 section 4.1.2.1)."""
    return reply(request, to, members=error.members)


def offer_error(request: TenantRequest, to: Addressee, *, error: ProtocolError) -> HttpResponse:
    """As `reply_error`, if the customer wants to go there: a page says where that is."""
    told = _told(request, to, error.members)
    context: dict[str, Any] = {"leads_to": host_of(to.redirect_uri)}
    if to.response_mode in BY_FORM:
        context |= {"address": to.redirect_uri, "members": told}
        return _posting(render_customer(request, "customer/leaving.html", context, client_id=to.client.client_id))
    context |= {"address": _address(to, told)}
    return render_customer(request, "customer/leaving.html", context, client_id=to.client.client_id)


def _told(request: TenantRequest, to: Addressee, members: dict[str, str]) -> dict[str, str]:
    """What goes over the wire: all of it in one JWT, if the client asked for that (JARM section 2.3)."""
    members = {**members, **({"state": to.state} if to.state else {}), "iss": issuer_of(request.tenant)}
    if to.response_mode not in SIGNED_MODES:
        return members
    try:
        issuer = issuer_for(request.tenant)
    except SigningKeysUnreadable:
        # That there is nothing to sign with can only be said without a signature.
        return members
    return {"response": authorization_response(issuer, members, client=to.client, now=datetime.now(UTC))}


def _address(to: Addressee, told: dict[str, str]) -> str:
    if to.response_mode == FRAGMENT_JWT:
        # A registered address has no fragment (RFC 6749 section 3.1.2).
        return f"{to.redirect_uri}#{urlencode(told)}"
    return with_query(to.redirect_uri, told)


def _posting(page: HttpResponse) -> HttpResponse:
    response = lead_to_application(page)
    # The application sees from which site the form came; with less, browsers say `Origin: null`.
    response["Referrer-Policy"] = "strict-origin"
    return response
