"""Sending the customer back to an application, with a code or an error: by redirect, or by a form that posts itself."""

from django.http import HttpRequest, HttpResponse

from oidc.authorization.request import Addressee
from oidc.wire.errors import ProtocolError
from oidc.wire.pages import send_browser_to, with_query
from oidc.wire.policies import FORM_POST
from userflows.pages import lead_to_application, render_customer


def reply(request: HttpRequest, to: Addressee, *, issuer: str, members: dict[str, str]) -> HttpResponse:
    """Answer the client; `state` and `iss` (RFC 9207) go with every answer."""
    members = {**members, **({"state": to.state} if to.state else {}), "iss": issuer}
    if to.response_mode == FORM_POST:
        context = {"redirect_uri": to.redirect_uri, "members": members, "application_name": to.client.name}
        response = lead_to_application(render_customer(request, "customer/form_post.html", context))
        # The application sees from which site the form came; with less, browsers say `Origin: null`.
        response["Referrer-Policy"] = "strict-origin"
        return response
    return send_browser_to(with_query(to.redirect_uri, members))


def reply_error(request: HttpRequest, to: Addressee, *, issuer: str, error: ProtocolError) -> HttpResponse:
    """Tell the client what was refused (RFC 6749 section 4.1.2.1)."""
    return reply(request, to, issuer=issuer, members=error.members)
