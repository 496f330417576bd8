"""A secret's way over a redirect to the page that shows it: sealed in its administrator's session, and taken out there.

So reloading the page, or coming back to it, neither makes another secret nor shows this one again.
"""

from django.http import HttpResponse
from django.shortcuts import redirect

from common.encryption import CannotUnseal, seal, unseal
from tenants.portal import PortalRequest

SESSION_KEY = "shown_once"


def show_once(request: PortalRequest, secret: str) -> HttpResponse:
    """The redirect to the page whose form was sent; it finds the secret by `shown_once`."""
    request.session[SESSION_KEY] = seal(secret.encode(), context=_context(request))
    return redirect(request.path)


def shown_once(request: PortalRequest) -> str:
    """The secret that this page shows now and never again; "" if there is none for it."""
    if request.method != "GET" or SESSION_KEY not in request.session:
        return ""
    sealed = request.session.pop(SESSION_KEY)
    try:
        return unseal(sealed, context=_context(request)).decode()
    except CannotUnseal:
        return ""


def _context(request: PortalRequest) -> str:
    return f"shown once to {request.administrator.pk} at {request.path}"
