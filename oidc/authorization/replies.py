"""Sending the customer back to an application, with a code or an error: by redirect, or by a form that posts itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from applications.policies.redirect_uris import host_of
from oidc.authorization.request import Addressee
from oidc.wire.errors import ProtocolError
from oidc.wire.pages import send_browser_to, with_query
from oidc.wire.policies import FORM_POST
from userflows.pages import lead_to_application, render_customer


def reply(request: HttpRequest, to: Addressee, *, issuer: str, members: dict[str, str]) -> HttpResponse:
    """Answer the client; `state` and `iss` (RFC 9207) go with every answer."""
    members = _with_state(members, to, issuer)
    if to.response_mode == FORM_POST:
        context = {"redirect_uri": to.redirect_uri, "members": members, "application_name": to.client.name}
        return _posting(render_customer(request, "customer/form_post.html", context, client_id=to.client.client_id))
    return send_browser_to(with_query(to.redirect_uri, members))


def reply_error(request: HttpRequest, to: Addressee, *, issuer: str, error: ProtocolError) -> HttpResponse:
    """Tell the client what was refused (RFC 6749 section 4.1.2.1)."""
    return reply(request, to, issuer=issuer, members=error.members)


def offer_error(request: HttpRequest, to: Addressee, *, issuer: str, error: ProtocolError) -> HttpResponse:
    """As `reply_error`, if the customer wants to go there: a page says where that is."""
    members = _with_state(error.members, to, issuer)
    context: dict[str, Any] = {"leads_to": host_of(to.redirect_uri)}
    if to.response_mode == FORM_POST:
        context |= {"address": to.redirect_uri, "members": members}
        return _posting(render_customer(request, "customer/leaving.html", context, client_id=to.client.client_id))
    context |= {"address": with_query(to.redirect_uri, members)}
    return render_customer(request, "customer/leaving.html", context, client_id=to.client.client_id)


def _with_state(members: dict[str, str], to: Addressee, issuer: str) -> dict[str, str]:
    return {**members, **({"state": to.state} if to.state else {}), "iss": issuer}


def _posting(page: HttpResponse) -> HttpResponse:
    response = lead_to_application(page)
    # The application sees from which site the form came; with less, browsers say `Origin: null`.
    response["Referrer-Policy"] = "strict-origin"
    return response
