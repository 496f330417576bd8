"""Putting off the making of a passkey, in one browser: a cookie says how often and when last. It proves nothing."""

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

PUT_OFF_COOKIE = "__Host-passkey-later" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "passkey-later"
ASKED_AGAIN_AFTER, KEPT_FOR = timedelta(days=14), timedelta(days=400)
# Whoever has put it off so often in a browser is asked there no more.
MOST_TIMES = 3
KEPT = re.compile(r"([1-9])\.(\d{10})", re.ASCII)


def is_put_off(request: HttpRequest) -> bool:
    """Whether somebody has put it off in this browser of late, or often enough."""
    times, last = _kept(request)
    return times >= MOST_TIMES or timezone.now() < last + ASKED_AGAIN_AFTER


def put_off(request: HttpRequest, response: HttpResponse) -> None:
    """Don't ask in this browser for a while."""
    times = min(_kept(request)[0] + 1, MOST_TIMES)
    response.set_cookie(
        PUT_OFF_COOKIE,
        f"{times}.{int(timezone.now().timestamp())}",
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _kept(request: HttpRequest) -> tuple[int, datetime]:
    found = KEPT.fullmatch(request.COOKIES.get(PUT_OFF_COOKIE, ""))
    times, at = (int(found[1]), int(found[2])) if found else (0, 0)
    return times, datetime.fromtimestamp(at, UTC)
