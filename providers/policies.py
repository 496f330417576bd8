"""Rules about identity providers and what they tell, as pure functions. Times are in seconds since 1970."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from common.text.translation import gettext_lazy as _
from common.text.translation import gettext_noop

GOOGLE, MICROSOFT, APPLE, FACEBOOK, GITHUB = "google", "microsoft", "apple", "facebook", "github"
OIDC, SAML = "oidc", "saml"
GITHUB_COM = "https://github.com"
# Google and Apple answer for mail that they keep or hand on themselves; for any other address they have once seen a
# code typed, by somebody.
OWN_MAIL: Mapping[str, tuple[str, ...]] = {
    GOOGLE: ("gmail.com", "googlemail.com"),
    APPLE: ("icloud.com", "me.com", "mac.com", "privaterelay.appleid.com", "private.icloud.com"),
}
MICROSOFT_TENANT = "{tenantid}"
MICROSOFT_ID = re.compile(r"[0-9a-f-]{36}")
MICROSOFT_PATH = re.compile(r"/([0-9a-f-]{36}|\{tenantid\})/v2\.0")
# How far another server's clock may be from ours, and how old an ID token may be that was asked for just now.
SKEW_SECONDS, MAX_AGE_SECONDS = 60, 600
TRUE = (True, 1, "1", "true", "True")
USUAL_CLAIMS = {"displayName": "name", "givenName": "given_name", "surname": "family_name"}
USUAL_SCOPES = ("openid", "profile", "email")
# What may be chosen about a provider that speaks OpenID Connect, by the names of the description.
OF_OPENID = frozenset({"issuer", "client_id", "authentication", "scopes", "claims", "trust", "trusted_domains"})
OF_OAUTH = OF_OPENID - {"authentication"}
OF_SAML = frozenset({"issuer", "metadata_url", "metadata", "subject_attribute", "signs_requests", "claims"}) | {
    "trust",
    "trusted_domains",
}


@dataclass(frozen=True)
class Preset:
    """What is known of a provider before anybody sets it up. `issuer` is "" where only the administrator knows it.

    `hint` says who has an account there, `where` at which page an application is registered; both are lazy. `fields`
    are those of the description that such a provider has beside its name, the others stay as they are.
    """

    kind: str
    name: str
    issuer: str
    hint: Any
    where: Any
    fields: frozenset[str] = OF_OPENID
    scopes: tuple[str, ...] = USUAL_SCOPES
    claims: Mapping[str, str] = field(default_factory=lambda: USUAL_CLAIMS)
    trust: str = "none"
    authentication: str = "client_secret"


PRESETS: Mapping[str, Preset] = {
    preset.kind: preset
    for preset in (
        Preset(
            GOOGLE,
            "Google",
            "https://accounts.google.com",
            _("For anyone with a Google account."),
            _("In the Google Cloud console: APIs & Services › Credentials › Create credentials › OAuth client ID."),
            trust="all",
        ),
        Preset(
            MICROSOFT,
            "Microsoft",
            "https://login.microsoftonline.com/common/v2.0",
            _("For anyone with a Microsoft account: work, school or personal."),
            _("In the Microsoft Entra admin center: App registrations › New registration."),
        ),
        Preset(
            APPLE,
            "Apple",
            "https://appleid.apple.com",
            _("For anyone with an Apple account."),
            _(
                "In Apple’s developer account, under Certificates, Identifiers & Profiles: a Services ID with Sign in"
                " with Apple, and a key for it."
            ),
            fields=OF_OAUTH - {"scopes"} | {"team_id", "key_id"},
            scopes=("openid", "name", "email"),
            trust="all",
        ),
        Preset(
            FACEBOOK,
            "Facebook",
            "https://www.facebook.com",
            _("For anyone with a Facebook account. Everyone confirms their address with a code."),
            _("In Meta’s developer pages, an app with the use case Facebook Login: Valid OAuth Redirect URIs."),
            fields=OF_OAUTH - {"issuer", "trust", "trusted_domains"},
            scopes=("public_profile", "email"),
            claims={"displayName": "name", "givenName": "first_name", "surname": "last_name"},
        ),
        Preset(
            GITHUB,
            "GitHub",
            GITHUB_COM,
            _("For anyone with a GitHub account, or an account on your own GitHub server."),
            _("At GitHub: Settings › Developer settings › OAuth apps › New OAuth app."),
            fields=OF_OAUTH,
            scopes=("read:user", "user:email"),
            claims={"displayName": "name"},
        ),
        Preset(
            OIDC,
            "",
            "",
            _("Any other server that speaks OpenID Connect, by its issuer."),
            _("Register a web application with the authorization code grant there."),
        ),
        Preset(
            SAML,
            "",
            "",
            _("Any server that speaks SAML 2.0, such as the one of an organisation, by its metadata."),
            _(
                "Register this tenant as a service provider there, with the address of its"
                " metadata or with the values in it."
            ),
            fields=OF_SAML,
            scopes=(),
            claims={"email": "email", **USUAL_CLAIMS},
            authentication="private_key_jwt",
        ),
    )
}


def vouches_for(
    email: str, claims: Mapping[str, Any], *, kind: str, trust: str, trusted_domains: Sequence[str]
) -> bool:
    """Whether an address that a provider tells is taken as its owner's, without another look at the mailbox.

    The provider has to say that it has verified it, in its own way, and the tenant that it believes that.
    """
    domain = email.rpartition("@")[2].lower()
    if trust == "none" or (trust == "domains" and domain not in trusted_domains):
        return False
    if kind == SAML:
        # It has no word for that: whoever sets one up says whose addresses it answers for.
        return True
    if kind == MICROSOFT:
        # An address there may be typed in by whoever administers some tenant; this claim says that it isn't so.
        return claims.get("xms_edov") in TRUE
    if kind in OWN_MAIL and domain not in OWN_MAIL[kind] and not (kind == GOOGLE and claims.get("hd")):
        return False
    return claims.get("email_verified") in TRUE


def asked_besides(kind: str, *, known: Sequence[str], asks_anew: bool, offers_choice: bool) -> dict[str, str]:
    """By which parameters a provider is told to let somebody prove themself anew, or choose who they are there.

    `known` are the prompts that it says it knows; any, if it says none. One that knows no word for a choice isn't asked
    for one.
    """
    if kind == FACEBOOK:
        return {"auth_type": "reauthenticate"} if asks_anew else {}
    if kind == APPLE or not (asks_anew or offers_choice):
        return {}
    # Neither Google nor GitHub asks for the password at our request.
    if asks_anew and kind not in {GOOGLE, GITHUB}:
        return {"prompt": "login"}
    return {"prompt": "select_account"} if not known or "select_account" in known else {}


def is_issuer_of(found: str, *, wanted: str, kind: str) -> bool:
    """Whether the metadata of this issuer may stand for the one that was set up (OpenID Connect Discovery section 4.3).

    Microsoft's addresses for accounts of many tenants name, instead of an issuer, what becomes one by a tenant's ID.
    """
    if found == wanted:
        return True
    if kind != MICROSOFT:
        return False
    there, here = urlsplit(found), urlsplit(wanted)
    return there[:2] == here[:2] and bool(MICROSOFT_PATH.fullmatch(there.path)) and not there.query


def expected_issuer(issuer: str, claims: Mapping[str, Any]) -> str:
    """The issuer that an ID token has to name: that of the metadata, with the tenant that Microsoft's tokens name."""
    if MICROSOFT_TENANT not in issuer:
        return issuer
    tenant = str(claims.get("tid", ""))
    return issuer.replace(MICROSOFT_TENANT, tenant if MICROSOFT_ID.fullmatch(tenant) else "")


def with_whole_issuer(claims: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """The claims of an ID token, where the same issuer always has the same name: Google's may leave the scheme out.

    See "Validating an ID token" at https://developers.google.com/identity/openid-connect/openid-connect.
    """
    whole = PRESETS[GOOGLE].issuer
    is_short = kind == GOOGLE and claims.get("iss") == whole.removeprefix("https://")
    return {**claims, "iss": whole} if is_short else dict(claims)


def does_for_tenant(issuer_of_key: str, claims: Mapping[str, Any]) -> bool:
    """Whether a key of Microsoft's signs for the tenant that an ID token names: some are of a single tenant, such as
    that of private accounts, and say so by their issuer.
    """
    found = MICROSOFT_PATH.fullmatch(urlsplit(issuer_of_key).path)
    return found is None or found[1] in {MICROSOFT_TENANT, claims.get("tid")}


def id_token_problem(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: float, is_asked_anew: bool
) -> str:
    """What is wrong with the claims of a signed ID token (OpenID Connect Core section 3.1.3.7); "" if nothing is.

    With `is_asked_anew` its owner shall have proved themself just now, if the provider tells when they did.
    """
    problems = {
        gettext_noop("It was issued by someone else (iss)."): claims.get("iss") != expected_issuer(issuer, claims),
        gettext_noop("It is for another application (aud)."): not _is_for(client_id, claims),
        gettext_noop("It answers another request (nonce)."): claims.get("nonce") != nonce,
        gettext_noop("It has expired (exp)."): not _is_number(claims.get("exp")) or claims["exp"] <= now - SKEW_SECONDS,
        gettext_noop("It is too old, or from the future (iat)."): not _is_recent(claims.get("iat"), now),
        gettext_noop("It isn’t valid yet (nbf)."): "nbf" in claims and not _has_come(claims["nbf"], now),
        gettext_noop("It names no one (sub)."): not _is_subject(claims.get("sub")),
        gettext_noop("Its owner wasn’t asked again (auth_time)."): (
            is_asked_anew and "auth_time" in claims and not _is_recent(claims["auth_time"], now)
        ),
    }
    return next((sentence for sentence, is_wrong in problems.items() if is_wrong), "")


def _is_for(client_id: str, claims: Mapping[str, Any]) -> bool:
    audience, party = claims.get("aud"), claims.get("azp", client_id)
    audiences = audience if isinstance(audience, list) else [audience]
    # Of several, each could show the token to us: then it has to say for whom it was made.
    return client_id in audiences and party == client_id and (len(audiences) == 1 or "azp" in claims)


def _is_subject(subject: Any) -> bool:
    return isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isprintable()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _is_recent(value: Any, now: float) -> bool:
    return _is_number(value) and now - MAX_AGE_SECONDS <= value <= now + SKEW_SECONDS


def _has_come(value: Any, now: float) -> bool:
    return _is_number(value) and bool(value <= now + SKEW_SECONDS)
