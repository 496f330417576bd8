"""Several accounts in one browser: each has a session of its own, under a key of its own, in a cookie of its own.

The usual cookie holds the key of the current account's session, for which pages are made; further ones hold those of
the accounts beside it. None of the keys leads to another, and no row knows of the others: whoever gets hold of one
cookie has that account's session alone. Only whoever has several pays for it: who comes without such a cookie costs no
statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Account, Session
from accounts.sessions.cookies import cookie_name, keys_in
from accounts.sessions.rules import session_rules
from accounts.sessions.store import ACCOUNT_KEY, SESSION_ID, SessionStore, note_last_use
from common.crypto.digests import digest_of

MOST_ACCOUNTS = 8


@dataclass(frozen=True)
class SignedInHere:
    """An account that is signed in in this browser, and its session.

    `client_ids` are those of the applications it went to, `used_last_by` those of them that went with it last, where
    others of this browser went there as well; both are empty of an account that is alone.
    """

    account: Account
    sid: str
    key: str = field(repr=False)
    is_current: bool
    client_ids: frozenset[str] = frozenset()
    used_last_by: frozenset[str] = frozenset()


@dataclass
class Browser:
    """What a request knows of the accounts in its browser.

    `here` once that was looked up; `cookies` are to be written with the answer: for which session, or None to go.
    `usual` is the current account's session while the request is answered for another one.
    """

    here: list[SignedInHere] | None = None
    cookies: dict[str, SessionStore | None] = field(default_factory=dict)
    usual: SessionStore | None = None


def accounts_here(request: HttpRequest) -> list[SignedInHere]:
    """The accounts signed in in this browser: the current one first, then those used last.

    Where the tenant offers no several accounts, there is the current one at most.
    """
    browser = _browser_of(request)
    if browser.here is None:
        browser.here = _look_up(request, browser)
    return browser.here


def others_here(request: HttpRequest) -> list[SignedInHere]:
    """Those beside the current one."""
    return [person for person in accounts_here(request) if not person.is_current]


def last_used_by(client_id: str, people: Sequence[SignedInHere]) -> SignedInHere | None:
    """With whom of them the application went last; None if it has seen none of them."""
    visitors = [person for person in people if client_id in person.client_ids]
    return next((person for person in visitors if client_id in person.used_last_by), next(iter(visitors), None))


def cookies_to_write(request: HttpRequest) -> dict[str, SessionStore | None]:
    """The cookies that the answer shall set, by their names: each for a session, or None to go."""
    return _browser_of(request).cookies


def look_again(request: HttpRequest) -> None:
    """Somebody was signed out here, or in: what was known of it counts no more."""
    _browser_of(request).here = None


def act_for(request: HttpRequest, person: SignedInHere) -> None:
    """Answer this request, and no other, for an account beside the current one."""
    browser = _browser_of(request)
    browser.usual = browser.usual or _store_of(request)
    _enter(request, SessionStore(person.key))


def stop_acting(request: HttpRequest) -> bool:
    """Let the request be the current account's again. Returns whether it was another's."""
    browser, acted = _browser_of(request), _store_of(request)
    usual, browser.usual = browser.usual, None
    if usual is None:
        return False
    if acted.modified and ACCOUNT_KEY in acted:
        acted.save()
        browser.cookies[cookie_name(acted[ACCOUNT_KEY])] = acted
    _enter(request, usual)
    return True


def keep_acting(request: HttpRequest) -> None:
    """Let the account that this request is answered for be the current one from now on."""
    browser, acted = _browser_of(request), _store_of(request)
    if browser.usual is None:
        return
    request.session, browser.usual = browser.usual, None
    _become(request, acted)


def change_to(request: HttpRequest, person: SignedInHere) -> None:
    """Make this account the current one from now on; who has been it so far stays beside."""
    stop_acting(request)
    if not person.is_current:
        _become(request, SessionStore(person.key))


def step_aside(request: HttpRequest) -> None:
    """Keep the current account beside whoever signs in next, and who gets a session of their own."""
    _keep_beside(request)
    request.session = SessionStore()
    request.user = AnonymousUser()
    look_again(request)


def note_use(request: HttpRequest, client_id: str) -> None:
    """Remember that an application has just gone with this account, where it has visited others in this browser."""
    here = accounts_here(request)
    if not isinstance(request.user, Account) or len(here) < 2:
        return
    mine = next((person for person in here if person.account.pk == request.user.pk), None)
    rivals = [person for person in here if person is not mine and client_id in person.client_ids]
    if mine is None or not rivals or client_id in mine.used_last_by:
        return
    note_last_use(client_id, key=mine.key, others=[person.key for person in rivals])


def _browser_of(request: HttpRequest) -> Browser:
    if not hasattr(request, "browser"):
        request.browser = Browser()  # type: ignore[attr-defined]
    known: Browser = request.browser  # type: ignore[attr-defined]
    return known


def _store_of(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)


def _enter(request: HttpRequest, store: SessionStore) -> None:
    """The request is that of this session's account from here on, which is looked up as at the beginning."""
    request.session = store
    for name in ("_cached_user", "_acached_user"):
        vars(request).pop(name, None)
    request.user = cast(Account, SimpleLazyObject(lambda: get_user(request)))


def _become(request: HttpRequest, store: SessionStore) -> None:
    _keep_beside(request)
    _enter(request, store)
    # So that its key goes into the usual cookie, and its use is noted.
    store.modified = True
    look_again(request)


def _keep_beside(request: HttpRequest) -> None:
    """Let the current account keep its session under a cookie of its own."""
    store = _store_of(request)
    if store.session_key and ACCOUNT_KEY in store:
        _browser_of(request).cookies[cookie_name(store[ACCOUNT_KEY])] = store


def _look_up(request: HttpRequest, browser: Browser) -> list[SignedInHere]:
    store = browser.usual or _store_of(request)
    kept = keys_in(request, browser.cookies)
    if set(kept.values()) <= {store.session_key} or not session_rules().offers_several:
        account = request.user
        return [_alone(account, store)] if isinstance(account, Account) else []
    keys = {digest_of(key): key for key in (*kept.values(), store.session_key or "")}
    rows = list(Session.objects.alive().filter(pk__in=keys).exclude(account_id=None).order_by("-seen_at"))
    accounts = Account.objects.able_to_sign_in().in_bulk([row.account_id for row in rows])
    current = digest_of(store.session_key or "")
    if not browser.usual and not request.user.is_authenticated:
        rows = [row for row in rows if row.pk != current]
    people: dict[UUID, SignedInHere] = {}
    for row in sorted(rows, key=lambda row: row.pk != current):
        is_current, is_kept = row.pk == current, kept.get(cookie_name(row.account_id)) == keys[row.pk]
        if row.account_id and row.account_id in accounts and (is_current or is_kept):
            people.setdefault(row.account_id, _person(row, accounts[row.account_id], keys[row.pk], is_current))
    for name in kept.keys() - {cookie_name(account_id) for account_id in people}:
        browser.cookies[name] = None
    return list(people.values())


def _alone(account: Account, store: SessionStore) -> SignedInHere:
    return SignedInHere(account, store.get(SESSION_ID, ""), store.session_key or "", is_current=True)


def _person(row: Session, account: Account, key: str, is_current: bool) -> SignedInHere:
    return SignedInHere(
        account,
        row.sid,
        key,
        is_current=is_current,
        client_ids=frozenset(row.client_ids),
        used_last_by=frozenset(row.used_last_by),
    )
