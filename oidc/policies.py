"""Rules of the protocol as pure functions, and the lifetimes they speak of."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

# OpenID Connect Core sections 5.4 and 11. Any application with a user flow may ask for them.
STANDARD_SCOPES = ("openid", "profile", "email", "address", "offline_access")
OFFLINE_ACCESS = "offline_access"

# "Which page" isn't asked: the same one fits each (OpenID Connect Core section 3.1.2.1).
DISPLAYS = ("page", "popup", "touch", "wap")
PROMPTS = frozenset({"none", "login", "select_account", "create", "consent"})
QUERY, FORM_POST = "query", "form_post"
RESPONSE_MODES = (QUERY, FORM_POST)
# How a sign-in was made (acr): "1" is one factor, a password or a one-time code.
ONE_FACTOR = "1"
ACR_VALUES = (ONE_FACTOR,)

PUSHED_REQUEST_LIFETIME = timedelta(seconds=90)
PUSHED_REQUEST_PREFIX = "urn:ietf:params:oauth:request_uri:"
CODE_LIFETIME = timedelta(seconds=60)
# How long a device waits for its owner, how often it may ask meanwhile, and by how much it slows down if it asks more
# often (RFC 8628 sections 3.2 and 3.5).
DEVICE_LIFETIME = timedelta(minutes=15)
DEVICE_INTERVAL = timedelta(seconds=5)
SLOWER_BY = timedelta(seconds=5)
LONGEST_INTERVAL = DEVICE_LIFETIME
# RFC 8628 section 6.1: without vowels no word comes of it, and nothing looks like a digit. Eight are 34 bits.
USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LENGTH = 8
# How long a redeemed code stays, so that its replay is recognised; no less than the tokens made from it live.
CODE_KEPT_FOR = timedelta(hours=24)

# How long an administrator who runs a user flow may take to sign in, and for how long afterwards they may look at it.
RUN_LIFETIME = timedelta(minutes=15)
RUN_KEPT_FOR = timedelta(hours=1)

# How long a key stands in the key set before it signs. Whoever keeps the key set may do so for five minutes.
PUBLISHED_BEFORE_SIGNING = timedelta(days=1)
# How long a key stays there after it signed last. Its tokens expire within a day, but an ID token goes on speaking
# for its session when an application asks for sign-out, and customers who stay signed in do so for 30 days.
PUBLISHED_AFTER_SIGNING = timedelta(days=31)
DEFAULT_ROTATION_DAYS = 90
MIN_ROTATION_DAYS, MAX_ROTATION_DAYS = 7, 730

# Libraries make assertions of a minute (openid-client), ten (MSAL) or an hour (Authlib); each is good for one use.
ASSERTION_LIFETIME = timedelta(hours=1)
# By how much a client's clock may differ (FAPI 2.0 Security Profile section 5.3.2.1: 10 seconds at least, 60 at most).
CLOCK_SKEW = timedelta(seconds=30)
MAX_JTI_LENGTH = 255
# In seconds since 1970; beyond any date, and what isn't a number is not below it either.
FAR_FUTURE = 10**11

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_\-]{43}")
CODE_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def grantable_scopes(asked: Iterable[str], *, registered: Iterable[str], signs_in: bool) -> tuple[str, ...]:
    """Of the scopes asked for, those an application may have, each once, in the order asked.

    Unknown ones are left out rather than refused (OpenID Connect Core section 3.1.2.1); the answer names those granted.
    """
    allowed = {*registered, *(STANDARD_SCOPES if signs_in else ())}
    return tuple(dict.fromkeys(scope for scope in asked if scope in allowed))


def usable_scopes(scopes: Iterable[str], *, grant_types: Container[str]) -> tuple[str, ...]:
    """Those that mean something to an application with these grants: `offline_access` goes with refresh tokens."""
    may_refresh = "refresh_token" in grant_types
    return tuple(scope for scope in scopes if may_refresh or scope != OFFLINE_ACCESS)


def actors_with(subject: str, *, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The `act` claim for whoever acts now, with those who did before inside it (RFC 8693 section 4.1)."""
    return {"sub": subject, **({"act": dict(earlier)} if earlier else {})}


def depth_of_actors(act: Mapping[str, Any]) -> int:
    """How many act one for another."""
    depth = 0
    while act:
        depth, act = depth + 1, act.get("act", {})
    return depth


def read_user_code(typed: str) -> str:
    """What somebody meant who typed a device's code in whatever case, spacing or width; "" if it can't be one."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    return letters if len(letters) == USER_CODE_LENGTH and set(letters) <= set(USER_CODE_ALPHABET) else ""


def shown_user_code(user_code: str) -> str:
    """A device's code as people read it: XXXX-XXXX."""
    half = USER_CODE_LENGTH // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def is_recent_enough(auth_time: datetime, *, max_age: int | None, now: datetime) -> bool:
    """Whether a sign-in is no older than `max_age` seconds; no `max_age`, no limit."""
    # Whole seconds, as the relying party will see them in auth_time.
    return max_age is None or int(now.timestamp()) - int(auth_time.timestamp()) <= max_age


def acr_of(amr: Collection[str]) -> str:
    """The acr of a sign-in made in these ways (RFC 8176 values); "" if nothing is known about it."""
    return ONE_FACTOR if amr else ""


def is_among(value: str, allowed: frozenset[str] | None) -> bool:
    """Whether a value is one of those allowed; None allows any."""
    return allowed is None or value in allowed


def asks_anew(*, prompts: frozenset[str], max_age: int | None, auth_time: datetime, now: datetime) -> bool:
    """Whether somebody who is signed in has to sign in again (OpenID Connect Core section 3.1.2.3)."""
    return bool(prompts & {"login", "create"}) or not is_recent_enough(auth_time, max_age=max_age, now=now)


def assertion_problem(claims: Mapping[str, Any], *, client_id: str, audiences: Container[str], now: datetime) -> str:
    """What is wrong with what a client asserts, as a sentence for developers; empty if nothing is.

    RFC 7523 section 3 and OpenID Connect Core section 9: `iss` and `sub` are the client, `aud` nobody else than we,
    `exp` and `jti` are there.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "In an assertion iss and sub are the client_id."
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not named or not all(isinstance(name, str) and name in audiences for name in named):
        return "The audience of an assertion is the issuer."
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_LENGTH or not jti.isprintable():
        return f"An assertion has a jti of 1 to {MAX_JTI_LENGTH} printable characters."
    moment, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    if "exp" not in claims or not all(_is_moment(claims[name]) for name in ("exp", "iat", "nbf") if name in claims):
        return "An assertion has an exp; exp, iat and nbf are numbers of seconds."
    if not moment - skew < claims["exp"] <= moment + ASSERTION_LIFETIME.total_seconds() + skew:
        return "The assertion has expired, or is good for longer than an hour."
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > moment + skew:
        return "The assertion is from the future; compare the clocks."
    return ""


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FAR_FUTURE


# How long to wait after each failed attempt to tell an application of a sign-out; after the last one it is given up.
NOTIFICATION_WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (15, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600)
)
NOTIFICATION_ATTEMPTS = len(NOTIFICATION_WAITS) + 1
NOTIFICATIONS_KEPT_FOR = timedelta(days=30)


def answer_problem(status: int) -> tuple[str, bool]:
    """What an answer to a logout token says, as a sentence, and whether trying again is of no use.

    OpenID Connect Back-Channel Logout section 2.8: 200 or 204 is success, 400 a token that the application refuses.
    """
    if 200 <= status < 300:
        return "", True
    if status == 400:
        return "The application refused the logout token (status 400).", True
    if 300 <= status < 400:
        return f"The application answered with a redirect (status {status}), which isn't followed.", False
    return f"The application answered with status {status}.", False


def may_sign_from(published_since: datetime) -> datetime:
    """When a key that has been in the key set since then may begin to sign."""
    return published_since + PUBLISHED_BEFORE_SIGNING


def goes_at(retiring_since: datetime) -> datetime:
    """When nothing is good any more that was signed by a key which has signed nothing since then."""
    return retiring_since + PUBLISHED_AFTER_SIGNING


def rotates_at(signs_since: datetime, *, every_days: int | None) -> datetime | None:
    """When the schedule has another key take over; None if there is no schedule."""
    return None if every_days is None else signs_since + timedelta(days=every_days)
