"""Browsers in which a second factor was shown, and whose owner asked not to be asked there again for a while.

A signed cookie names the accounts, each with until when; it proves nothing else. It is worth nothing for an account
that has changed its password or its second factors since, or was signed out everywhere.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Account
from common.web.current_request import once_a_request
from tenants.postgresql import current_schema
from userflows.state import MOST_REMEMBER_DAYS

REMEMBERED_COOKIE = "__Host-remembered" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "remembered"
MOST_ACCOUNTS = 8


class Remembered(NamedTuple):
    """Since and until when a browser is remembered for an account, in seconds since 1970, and by which factor."""

    since: float
    until: float
    factor: str


def remembered_in(request: HttpRequest) -> Mapping[str, Remembered]:
    """What the browser that sends this request remembers, by account ID; found out once."""
    return once_a_request(remembered_in, lambda: _remembered_in(request))


def _remembered_in(request: HttpRequest) -> Mapping[str, Remembered]:
    cookie = request.COOKIES.get(REMEMBERED_COOKIE, "")
    if not cookie:
        return {}
    try:
        kept = signing.loads(cookie, salt=_salt(), max_age=timedelta(days=MOST_REMEMBER_DAYS))
    except (signing.BadSignature, json.JSONDecodeError):
        return {}
    return {account_id: Remembered(*times) for account_id, times in kept.items()}


def factor_remembered(account: Account, remembered: Mapping[str, Remembered], *, days: int) -> str:
    """Which factor of this account the browser is remembered by, where that is done for so many days; "" for none."""
    here = remembered.get(str(account.pk))
    if here is None:
        return ""
    now, since = timezone.now(), datetime.fromtimestamp(here.since, UTC)
    forgotten = account.browsers_forgotten_at
    is_young = now.timestamp() < here.until and now < since + timedelta(days=days)
    return here.factor if is_young and (forgotten is None or since > forgotten) else ""


def remember_browser(request: HttpRequest, response: HttpResponse, account_id: str, *, factor: str, days: int) -> None:
    """Ask for no second factor of this account in this browser for so many days, since this one was shown."""
    now = timezone.now()
    here = Remembered(now.timestamp(), (now + timedelta(days=days)).timestamp(), factor)
    others = {key: kept for key, kept in remembered_in(request).items() if key != account_id}
    newest = sorted({**others, account_id: here}.items(), key=lambda each: -each[1].since)[:MOST_ACCOUNTS]
    response.set_cookie(
        REMEMBERED_COOKIE,
        signing.dumps(dict(newest), salt=_salt()),
        max_age=timedelta(days=MOST_REMEMBER_DAYS),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"remembered browser {current_schema()}"
