"""The module of the plan oidcc-config-certification-test-plan."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.conformance.suite import Provider, Suite

# OpenID Connect Discovery section 3, RFC 8414 section 2, RFC 9126 section 5, RFC 9207 section 3, the logout
# specifications, Initiating User Registration, RFC 9101 section 10.5 and JARM section 4.
KNOWN = set(
    "issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri registration_endpoint scopes_supported"
    " response_types_supported response_modes_supported grant_types_supported acr_values_supported"
    " subject_types_supported id_token_signing_alg_values_supported userinfo_signing_alg_values_supported"
    " request_object_signing_alg_values_supported token_endpoint_auth_methods_supported"
    " token_endpoint_auth_signing_alg_values_supported display_values_supported claim_types_supported claims_supported"
    " service_documentation claims_locales_supported ui_locales_supported claims_parameter_supported"
    " request_parameter_supported request_uri_parameter_supported require_request_uri_registration op_policy_uri"
    " op_tos_uri revocation_endpoint revocation_endpoint_auth_methods_supported introspection_endpoint"
    " introspection_endpoint_auth_methods_supported code_challenge_methods_supported end_session_endpoint"
    " backchannel_logout_supported backchannel_logout_session_supported frontchannel_logout_supported"
    " frontchannel_logout_session_supported prompt_values_supported authorization_response_iss_parameter_supported"
    " pushed_authorization_request_endpoint require_pushed_authorization_requests device_authorization_endpoint"
    " revocation_endpoint_auth_signing_alg_values_supported"
    " introspection_endpoint_auth_signing_alg_values_supported dpop_signing_alg_values_supported"
    " check_session_iframe require_signed_request_object authorization_signing_alg_values_supported"
    " id_token_encryption_alg_values_supported id_token_encryption_enc_values_supported"
    " userinfo_encryption_alg_values_supported userinfo_encryption_enc_values_supported".split()
)


@pytest.fixture
def document(provider: Provider) -> httpx.Response:
    suite = Suite(provider, response_mode=None)
    return suite.http.get(f"{provider.issuer}/.well-known/openid-configuration")


def test_oidcc_discovery_endpoint_verification(provider: Provider, document: httpx.Response) -> None:
    assert document.status_code == 200
    assert document.headers["content-type"] == "application/json"
    metadata = document.json()
    assert metadata["issuer"] == provider.issuer
    parts = urlsplit(metadata["issuer"])
    assert (parts.scheme, parts.query, parts.fragment) == ("https", "", "")
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        assert name in metadata
    addresses = {name: value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri", "_iframe"))}
    assert [name for name, value in addresses.items() if not value.startswith("https://")] == []
    assert "code" in metadata["response_types_supported"]
    assert set(metadata["response_modes_supported"]) >= {"query", "form_post"}
    assert metadata["subject_types_supported"] == ["public", "pairwise"]
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert set(metadata["claims_supported"]) >= {"sub", "iss", "name", "email"}


def test_oidcc_discovery_members_are_of_their_types_and_none_is_unexpected(document: httpx.Response) -> None:
    metadata = document.json()
    assert metadata.keys() - KNOWN == set()
    for name, value in metadata.items():
        if name == "issuer" or name.endswith(("_endpoint", "_uri", "_iframe")):
            assert isinstance(value, str)
        elif isinstance(value, list):
            assert value
            assert all(isinstance(one, str) for one in value)
        else:
            assert isinstance(value, bool)


def test_oidcc_discovery_jwks_holds_public_keys_alone(provider: Provider, document: httpx.Response) -> None:
    keys = Suite(provider, response_mode=None).http.get(document.json()["jwks_uri"]).json()["keys"]
    assert {"RS256"} <= {key["alg"] for key in keys}
    assert len({key["kid"] for key in keys}) == len(keys)
    assert not [key for key in keys if set(key) & set("d p q dp dq qi k".split())]
