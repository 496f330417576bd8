"""A secret's way over a redirect to the page that shows it: sealed in its administrator's session, and taken out there.

So reloading the page, or coming back to it, neither makes another secret nor shows this one again.
"""

from django.http import HttpResponse
from django.shortcuts import redirect

from common.crypto.encryption import CannotUnseal, seal, unseal
from portal_frame.pages import PortalRequest

SESSION_KEY = "shown_once"


def show_once(request: PortalRequest, secret: str, *, at: str = "") -> HttpResponse:
    """The redirect to the page whose form was sent, or to the one `at` this path, which finds it by `shown_once`."""
    path = at or request.path
    waiting = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = waiting | {path: seal(secret.encode(), context=_context(request, path))}
    return redirect(path)


def shown_once(request: PortalRequest) -> str:
    """The secret that this page shows now and never again; "" if there is none for it."""
    waiting = request.session.get(SESSION_KEY, {})
    if request.method != "GET" or request.path not in waiting:
        return ""
    sealed = waiting[request.path]
    request.session[SESSION_KEY] = {path: value for path, value in waiting.items() if path != request.path}
    try:
        return unseal(sealed, context=_context(request, request.path)).decode()
    except CannotUnseal:
        return ""


def _context(request: PortalRequest, path: str) -> str:
    return f"shown once to {request.administrator.pk} at {path}"
