"""What the issuer publishes about itself: OpenID Connect Discovery 1.0 and RFC 8414. It lists only what works."""

from collections.abc import Mapping
from typing import Any

from applications.policies.credentials import SELF_SIGNED_TLS, TLS
from applications.policies.grants import DEVICE_CODE, TOKEN_EXCHANGE
from applications.policies.subjects import SUBJECT_TYPES
from applications.policies.tokens import CONTENT_ALGORITHMS
from branding.languages.offered import offer
from common.crypto.public_keys import ALGORITHMS, ENCRYPTION_ALGORITHMS
from common.text.languages import tag_of
from common.web.certificates import offers_certificates, verifies_certificates
from oidc.keys.loaded import ES256, RS256
from oidc.wire.addresses import REGISTRATION_PATH, certificate_aliases_of
from oidc.wire.policies import DISPLAYS, RESPONSE_MODES, STANDARD_SCOPES, acr_values

CONFIDENTIAL_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
AUTHENTICATING = ("token", "introspection", "revocation")
CLAIMS = (
    "sub iss aud exp iat auth_time nonce at_hash sid amr acr azp"
    " name given_name family_name preferred_username locale updated_at jobTitle email email_verified address"
).split()


def metadata_of(issuer: str, endpoints: Mapping[str, str], *, registers: bool = False) -> dict[str, Any]:
    """The discovery document, good for both standards. The tenant is the one being served."""
    methods = [*CONFIDENTIAL_METHODS, *_certificate_methods()]
    return {
        **_about_certificates(endpoints),
        "issuer": issuer,
        **endpoints,
        **({"registration_endpoint": issuer + REGISTRATION_PATH} if registers else {}),
        "scopes_supported": list(STANDARD_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            DEVICE_CODE,
            TOKEN_EXCHANGE,
        ],
        "subject_types_supported": list(SUBJECT_TYPES),
        "id_token_signing_alg_values_supported": [RS256, ES256],
        "userinfo_signing_alg_values_supported": [RS256, ES256],
        **{
            f"{place}_encryption_{part}_values_supported": list(values)
            for place in ("id_token", "userinfo")
            for part, values in (("alg", ENCRYPTION_ALGORITHMS), ("enc", CONTENT_ALGORITHMS))
        },
        "token_endpoint_auth_methods_supported": [*methods, "none"],
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": [*methods, "none"],
        **{f"{name}_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS) for name in AUTHENTICATING},
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "prompt_values_supported": ["none", "login", "consent", "select_account", "create"],
        "display_values_supported": list(DISPLAYS),
        "acr_values_supported": list(acr_values()),
        "ui_locales_supported": [tag_of(code) for code in offer().codes],
        "claims_supported": CLAIMS,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(ALGORITHMS),
        "request_uri_parameter_supported": False,
        # Each application decides for itself, of the next two members.
        "require_pushed_authorization_requests": False,
        "require_signed_request_object": False,
        "authorization_response_iss_parameter_supported": True,
        "authorization_signing_alg_values_supported": [RS256, ES256],
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def _certificate_methods() -> list[str]:
    """RFC 8705 sections 2.1.1 and 2.2.1, as far as a proxy in front makes them possible."""
    if not offers_certificates():
        return []
    return [TLS, SELF_SIGNED_TLS] if verifies_certificates() else [SELF_SIGNED_TLS]


def _about_certificates(endpoints: Mapping[str, str]) -> dict[str, Any]:
    """RFC 8705 sections 3.3 and 5."""
    if not offers_certificates():
        return {}
    aliases = certificate_aliases_of(endpoints)
    return {
        "tls_client_certificate_bound_access_tokens": True,
        **({"mtls_endpoint_aliases": aliases} if aliases else {}),
    }
