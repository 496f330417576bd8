"""The FAPI 2.0 Security Profile (final, 2025): what it requires of an application that follows it.

What the issuer does for everybody isn't here: answers name it, codes last a minute, redirects are by 303, pushed
requests last less than ten minutes, and so on. What it does for such an application alone hangs on
`RegisteredClient.follows_fapi`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from applications.description import UNSIGNED, ApplicationDescription
from applications.policies.credentials import CERTIFICATE_METHODS, KEY_PAIR, SELF_SIGNED_TLS, TLS
from applications.policies.grants import DEVICE_CODE
from applications.policies.kinds import SERVICE
from common.crypto.public_keys import WrongKeySet, usable_keys
from common.text.translation import gettext_lazy

# Section 5.4.1, of those that are known here. By them applications sign assertions, requests and proofs.
ALGORITHMS = ("PS256", "ES256")
# Of these the issuer has a key of the second alone.
OF_THE_ISSUER = "ES256"
# Section 5.3.2.1-6.
AUTH_METHODS = (KEY_PAIR, TLS, SELF_SIGNED_TLS)


@dataclass(frozen=True)
class Requirement:
    """What has to hold of one field of the description. `choice` is what turning the profile on chooses for it.

    None: it is for the administrator to change. `says` is a sentence in whichever language is spoken.
    `is_for_services`: it concerns those to which nobody signs in, too.
    """

    field: str
    says: Any
    is_met: Callable[[ApplicationDescription], bool]
    choice: Any = None
    is_for_services: bool = False


def _has_fitting_key(description: ApplicationDescription) -> bool:
    """Keys at an address of its own are looked at when they are used; of what is no key set, another rule tells."""
    try:
        keys = usable_keys(description.credentials.jwks)
    except WrongKeySet:
        return True
    return any(set(key.algorithms) & set(ALGORITHMS) for key in keys)


REQUIREMENTS = (
    Requirement(
        "auth_method",
        gettext_lazy("It proves who it is with a key pair (private_key_jwt) or a certificate."),
        lambda application: application.credentials.auth_method in AUTH_METHODS,
        is_for_services=True,
    ),
    Requirement(
        "jwks",
        gettext_lazy("One of its keys signs with PS256 or ES256."),
        _has_fitting_key,
        is_for_services=True,
    ),
    Requirement(
        "redirect_uris",
        gettext_lazy("Its redirect URIs begin with https."),
        lambda application: all(uri.startswith("https://") for uri in application.sign_in.redirect_uris),
    ),
    Requirement(
        "grant_types",
        gettext_lazy("It uses no device codes: nothing ties them to who asked for them."),
        lambda application: DEVICE_CODE not in application.sign_in.grant_types,
    ),
    Requirement(
        "requires_pushed_requests",
        gettext_lazy("It sends authorization requests ahead itself (PAR)."),
        lambda application: application.sign_in.requires_pushed_requests,
        choice=True,
    ),
    Requirement(
        "requires_pkce",
        gettext_lazy("Each authorization code is tied to the browser that asked for it (PKCE)."),
        lambda application: application.sign_in.requires_pkce,
        choice=True,
    ),
    Requirement(
        "requires_dpop",
        gettext_lazy("Its tokens are bound to a key of its own (DPoP) or to its certificate."),
        lambda application: application.tokens.requires_dpop or application.tokens.binds_to_certificate,
        choice=True,
        is_for_services=True,
    ),
    Requirement(
        "access_token_algorithm",
        gettext_lazy("Access tokens are signed with ES256."),
        lambda application: application.tokens.access_token_algorithm == OF_THE_ISSUER,
        choice=OF_THE_ISSUER,
        is_for_services=True,
    ),
    Requirement(
        "id_token_algorithm",
        gettext_lazy("ID tokens are signed with ES256."),
        lambda application: application.tokens.id_token_algorithm == OF_THE_ISSUER,
        choice=OF_THE_ISSUER,
    ),
    Requirement(
        "userinfo_algorithm",
        gettext_lazy("Userinfo is signed with ES256, if it is signed."),
        lambda application: application.tokens.userinfo_algorithm in {UNSIGNED, OF_THE_ISSUER},
        choice=OF_THE_ISSUER,
    ),
)
FIELDS = (*(requirement.field for requirement in REQUIREMENTS), "binds_to_certificate")


def requirements_of(description: ApplicationDescription) -> tuple[Requirement, ...]:
    """Those that concern an application of this kind, and keys only if it signs with some that are here."""
    is_service, shown = description.kind == SERVICE, description.credentials
    has_keys = shown.auth_method == KEY_PAIR and bool(shown.jwks)
    return tuple(
        each for each in REQUIREMENTS if (each.is_for_services or not is_service) and (each.field != "jwks" or has_keys)
    )


def unmet_by(description: ApplicationDescription) -> tuple[Requirement, ...]:
    """What the application would have to change to follow the profile."""
    return tuple(each for each in requirements_of(description) if not each.is_met(description))


def turned_on(description: ApplicationDescription) -> ApplicationDescription:
    """The same, following the profile, with what that chooses; what an administrator has to change stays as it is."""
    chosen = {each.field: each.choice for each in unmet_by(description) if each.choice is not None}
    if "requires_dpop" in chosen and description.credentials.auth_method in CERTIFICATE_METHODS:
        # It shows a certificate anyway, and needs no proofs beside it.
        chosen["binds_to_certificate"] = chosen.pop("requires_dpop")
    return description.with_values(follows_fapi=True, **chosen)
