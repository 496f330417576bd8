"""How an application may prove who it is, and how long a client secret lasts."""

from datetime import datetime, timedelta

from common.crypto.public_keys import key_set_problem
from common.problems import one_of
from common.text.translation import gettext as _
from common.web.outgoing import url_problem

MAX_SECRET_LIFETIME = timedelta(days=731)
# From then on it is said wherever the application is shown: time enough to replace a secret in most houses.
EXPIRES_SOON = timedelta(days=30)
# RFC 7591 section 2, token_endpoint_auth_method.
BASIC, POST, KEY_PAIR, NONE = "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
AUTH_METHODS = (BASIC, POST, KEY_PAIR, NONE)


def secret_lifetime_problem(expires_at: datetime, *, now: datetime) -> str:
    """What is wrong with the moment a secret shall expire, as a sentence; empty if nothing is."""
    if expires_at <= now:
        return _("Choose a date in the future.")
    if expires_at > now + MAX_SECRET_LIFETIME:
        return _("A client secret lasts 24 months at most.")
    return ""


def authentication_problems(auth_method: str, *, jwks: str, jwks_uri: str, is_public: bool) -> dict[str, str]:
    """What is wrong, by argument, each as a sentence; empty where nothing is."""
    if auth_method not in AUTH_METHODS:
        return {"auth_method": one_of(AUTH_METHODS)}
    if is_public != (auth_method == NONE):
        return {"auth_method": _("A single-page or native application has no secret; every other kind authenticates.")}
    if auth_method != KEY_PAIR:
        wrong = _("Only an application that uses private_key_jwt has keys.")
        return {"jwks": wrong if jwks else "", "jwks_uri": wrong if jwks_uri else ""}
    if jwks and jwks_uri:
        return {"jwks_uri": _("Either paste the keys or enter their address, not both.")}
    if not jwks and not jwks_uri:
        return {"jwks": _("Paste the public keys, or enter their address.")}
    return {"jwks": key_set_problem(jwks)} if jwks else {"jwks_uri": url_problem(jwks_uri)}
