"""The cookies of a browser that has several accounts: beside the usual one, one for each account, with its key."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.sessions.store import ACCOUNT_KEY, SessionStore
from common.crypto.digests import digest_of

PREFIX = f"{settings.SESSION_COOKIE_NAME}-"
NAME_LENGTH = 12
# More cookies than this nobody of ours has set.
MOST_READ = 16


def cookie_name(account_id: Any) -> str:
    """Of the cookie that holds an account's key; it tells nothing about the account."""
    return PREFIX + digest_of(f"cookie of {account_id}")[:NAME_LENGTH]


def keys_in(request: HttpRequest, to_write: Mapping[str, SessionStore | None]) -> dict[str, str]:
    """The keys in these cookies by their names, as the browser will have them once this request is answered."""
    sent = islice(((name, key) for name, key in request.COOKIES.items() if name.startswith(PREFIX)), MOST_READ)
    written = {name: store.session_key or "" if store else "" for name, store in to_write.items()}
    return {name: key for name, key in {**dict(sent), **written}.items() if key}


def write_cookies(request: HttpRequest, response: HttpResponse, to_write: dict[str, SessionStore | None]) -> None:
    """Set these cookies, and the current account's own too where its key is new: two tabs that change accounts at the
    same time then lose none of them. Who has one account alone gets none.
    """
    store = cast(SessionStore, request.session)
    has_several = bool(to_write) or any(name.startswith(PREFIX) for name in request.COOKIES)
    usual = response.cookies.get(settings.SESSION_COOKIE_NAME)
    if has_several and usual is not None and usual.value and ACCOUNT_KEY in store:
        to_write[cookie_name(store[ACCOUNT_KEY])] = store
    for name, kept in to_write.items():
        if kept is None or not kept.session_key:
            response.delete_cookie(name, samesite="Lax")
        else:
            response.set_cookie(
                name,
                kept.session_key,
                max_age=None if kept.get_expire_at_browser_close() else kept.get_expiry_age(),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
