"""How an application may prove who it is, and how long a client secret lasts."""

from datetime import datetime, timedelta

from applications.description import Credentials
from common.crypto.certificate_names import CERTIFICATE_FIELDS, certificate_subject_problem
from common.crypto.public_keys import key_set_problem
from common.problems import one_of
from common.text.translation import gettext as _
from common.web.outgoing import url_problem

MAX_SECRET_LIFETIME = timedelta(days=731)
# From then on it is said wherever the application is shown: time enough to replace a secret in most houses.
EXPIRES_SOON = timedelta(days=30)
# RFC 7591 section 2, token_endpoint_auth_method.
BASIC, POST, KEY_PAIR, NONE = "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
# RFC 8705 sections 2.1 and 2.2: by a certificate that an authority vouches for, or by one whose key is known here.
TLS, SELF_SIGNED_TLS = "tls_client_auth", "self_signed_tls_client_auth"
AUTH_METHODS = (BASIC, POST, KEY_PAIR, TLS, SELF_SIGNED_TLS, NONE)
SECRET_METHODS = frozenset({BASIC, POST})
CERTIFICATE_METHODS = frozenset({TLS, SELF_SIGNED_TLS})
KEY_METHODS = frozenset({KEY_PAIR, SELF_SIGNED_TLS})


def secret_lifetime_problem(expires_at: datetime, *, now: datetime) -> str:
    """What is wrong with the moment a secret shall expire, as a sentence; empty if nothing is."""
    if expires_at <= now:
        return _("Choose a date in the future.")
    if expires_at > now + MAX_SECRET_LIFETIME:
        return _("A client secret lasts 24 months at most.")
    return ""


def authentication_problems(chosen: Credentials, *, is_public: bool, encrypts: bool = False) -> dict[str, str]:
    """What is wrong, by field, each as a sentence; empty where nothing is.

    `encrypts` says that something is encrypted to the application, so that it has keys whichever way it authenticates.
    """
    if chosen.auth_method not in AUTH_METHODS:
        return {"auth_method": one_of(AUTH_METHODS)}
    if is_public != (chosen.auth_method == NONE):
        return {"auth_method": _("A single-page or native application has no secret; every other kind authenticates.")}
    return _key_problems(chosen, encrypts=encrypts) | _certificate_problems(chosen)


def _key_problems(chosen: Credentials, *, encrypts: bool) -> dict[str, str]:
    jwks, jwks_uri = chosen.jwks, chosen.jwks_uri
    if chosen.auth_method not in KEY_METHODS and not encrypts:
        wrong = _("Only an application that uses private_key_jwt or a self-signed certificate has keys.")
        return {"jwks": wrong if jwks else "", "jwks_uri": wrong if jwks_uri else ""}
    if jwks and jwks_uri:
        return {"jwks_uri": _("Either paste the keys or enter their address, not both.")}
    if not jwks and not jwks_uri:
        return {"jwks": _("Paste the public keys, or enter their address.")}
    if jwks_uri:
        return {"jwks_uri": url_problem(jwks_uri)}
    return {"jwks": key_set_problem(jwks) if chosen.auth_method in KEY_METHODS else ""}


def _certificate_problems(chosen: Credentials) -> dict[str, str]:
    field, subject = chosen.certificate_field, chosen.certificate_subject
    if chosen.auth_method != TLS:
        wrong = _("Only an application that uses tls_client_auth is known by a part of its certificate.")
        return {"certificate_field": wrong if field else "", "certificate_subject": wrong if subject else ""}
    if field not in CERTIFICATE_FIELDS:
        return {"certificate_field": one_of(CERTIFICATE_FIELDS)}
    return {"certificate_subject": certificate_subject_problem(field, subject)}
