"""What a client says about itself when it registers (RFC 7591 section 2), read into what an application is here.

A member that can't be honoured is refused by name; one without a meaning is left out of the answer. Which type of
application it becomes follows from how it authenticates, its grants and its `application_type`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from applications.description import (
    LINKS,
    UNENCRYPTED,
    UNSIGNED,
    ApplicationDescription,
    SignOut,
    TokenSettings,
)
from applications.models import Application
from applications.policies.credentials import CERTIFICATE_METHODS, KEY_METHODS, SECRET_METHODS
from applications.policies.grants import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    POSSIBLE_GRANTS,
    REFRESH_TOKEN,
    SIGN_IN_GRANTS,
)
from applications.policies.subjects import PUBLIC
from applications.policies.tokens import ALGORITHMS
from common.crypto.certificate_names import CERTIFICATE_FIELDS
from common.crypto.public_keys import ALGORITHMS as KEY_ALGORITHMS
from common.problems import Refused
from common.web.certificates import offers_certificates
from oidc.registration.names import name_problem
from oidc.wire.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.wire.policies import STANDARD_SCOPES, usable_scopes

Kind, Method = Application.Kind, Application.AuthMethod
GRANTS = POSSIBLE_GRANTS[Kind.WEB]
MEANT_CONTENT = "A128CBC-HS256"
# What each of these would have to be for us to do as it says.
ONLY: dict[str, tuple[Any, ...]] = {
    "request_object_signing_alg": KEY_ALGORITHMS,
    "request_object_encryption_alg": (),
    "introspection_signed_response_alg": (),
    "software_statement": (),
}
STRINGS = (
    *("client_name", "jwks_uri", "subject_type", "token_endpoint_auth_method", "application_type", "scope"),
    *(f"{place}_encrypted_response_{part}" for place in ("id_token", "userinfo") for part in ("alg", "enc")),
    *("tls_client_auth_" + name for name in CERTIFICATE_FIELDS),
    *("logo_uri", "sector_identifier_uri", *LINKS),
)
# What is encrypted, by which algorithm of the key and which of the content, as the wire calls the fields.
ENCRYPTIONS = {
    f"{place}_encrypted_response_{part}": f"{place}_{field}"
    for place in ("id_token", "userinfo")
    for part, field in (("alg", "encryption"), ("enc", "content"))
}
LISTS = ("redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types")
BOOLEANS = (
    *("require_pushed_authorization_requests", "require_signed_request_object", "dpop_bound_access_tokens"),
    "tls_client_certificate_bound_access_tokens",
)
# RFC 8705 section 2.1.2: which part of its certificate makes it the client's, each a member of its own.
SUBJECTS = {f"tls_client_auth_{name}": name for name in CERTIFICATE_FIELDS}
SAID_IF_THERE = (
    *("jwks_uri", "backchannel_logout_uri", "frontchannel_logout_uri", "logo_uri", "sector_identifier_uri"),
    *LINKS,
)
# The services' arguments, as the wire calls them.
WIRE_NAMES = {
    "name": "client_name",
    "auth_method": "token_endpoint_auth_method",
    "scopes": "scope",
    **{name: wire for wire, name in ENCRYPTIONS.items()},
}


@dataclass(frozen=True)
class ClientMetadata:
    """A registration, checked in itself; whether its values are allowed the services say."""

    kind: str
    auth_method: str
    grant_types: list[str]
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    post_logout_redirect_uris: list[str] = field(default_factory=list)
    jwks: str = ""
    jwks_uri: str = ""
    id_token_algorithm: str = "RS256"  # noqa: S105 - a name
    userinfo_algorithm: str = UNSIGNED
    encryption: Mapping[str, str] = field(default_factory=dict)
    requires_pushed_requests: bool = False
    requires_signed_requests: bool = False
    requires_dpop: bool = False
    binds_to_certificate: bool = False
    certificate_field: str = ""
    certificate_subject: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    logo_uri: str = ""
    subject_type: str = PUBLIC
    sector_identifier_uri: str = ""
    sign_out_addresses: Mapping[str, Any] = field(default_factory=dict)

    def applied_to(self, description: ApplicationDescription) -> ApplicationDescription:
        """The description with all that metadata have a word for as these say, left out or not; the rest stays."""
        usual = {name: value for name, value in vars(SignOut()).items() if name != "post_logout_redirect_uris"}
        return description.with_values(
            name=self.name,
            redirect_uris=self.redirect_uris,
            post_logout_redirect_uris=self.post_logout_redirect_uris,
            auth_method=self.auth_method,
            jwks=self.jwks,
            jwks_uri=self.jwks_uri,
            grant_types=tuple(self.grant_types),
            requires_pushed_requests=self.requires_pushed_requests,
            requires_signed_requests=self.requires_signed_requests,
            requires_dpop=self.requires_dpop,
            binds_to_certificate=self.binds_to_certificate,
            certificate_field=self.certificate_field,
            certificate_subject=self.certificate_subject,
            subject_type=self.subject_type,
            sector_identifier_uri=self.sector_identifier_uri,
            id_token_algorithm=self.id_token_algorithm,
            userinfo_algorithm=self.userinfo_algorithm,
            **self.encryption,
            **self.links,
            **usual | dict(self.sign_out_addresses),
        )

    def tightening(self, description: ApplicationDescription) -> ApplicationDescription:
        """As `applied_to`, but loosening nothing: what the description requires stays, and no grant is added."""
        sign_in, credentials = description.sign_in, description.credentials
        stays = credentials.auth_method not in SECRET_METHODS and self.auth_method != credentials.auth_method
        return self.applied_to(description).with_values(
            grant_types=tuple(grant for grant in self.grant_types if grant in sign_in.grant_types),
            requires_pushed_requests=self.requires_pushed_requests or sign_in.requires_pushed_requests,
            requires_signed_requests=self.requires_signed_requests or sign_in.requires_signed_requests,
            requires_dpop=self.requires_dpop or description.tokens.requires_dpop,
            binds_to_certificate=self.binds_to_certificate or description.tokens.binds_to_certificate,
            subject_type=self.subject_type if sign_in.subject_type == PUBLIC else sign_in.subject_type,
            **self._kept_encryption(description),
            **(vars(credentials) if stays else {}),
        )

    def _kept_encryption(self, description: ApplicationDescription) -> dict[str, str]:
        """What is encrypted stays so, with the keys for it where these metadata bring none."""
        required = vars(description.tokens)
        kept: dict[str, str] = {}
        for place in ("id_token", "userinfo"):
            algorithm, content = f"{place}_encryption", f"{place}_content"
            if self.encryption[algorithm] == UNENCRYPTED != required[algorithm]:
                kept |= {algorithm: required[algorithm], content: required[content]}
        if kept and not self.jwks and not self.jwks_uri:
            kept |= {"jwks": description.credentials.jwks, "jwks_uri": description.credentials.jwks_uri}
        return kept


def read_metadata(body: bytes) -> ClientMetadata:
    """Raises `InvalidClientMetadata` or `InvalidRedirectUri`, with what is wrong as a sentence."""
    said = _object(body)
    _check_types(said)
    _check_supported(said)
    method = said.get("token_endpoint_auth_method", Method.BASIC)
    methods = [each for each in Method.values if each not in CERTIFICATE_METHODS or offers_certificates()]
    if method not in methods:
        raise InvalidClientMetadata(f"token_endpoint_auth_method is one of: {', '.join(methods)}.")
    if said.get("tls_client_certificate_bound_access_tokens") and not offers_certificates():
        raise InvalidClientMetadata("tls_client_certificate_bound_access_tokens: No certificates are asked for here.")
    # Many clients send keys along whatever they are for: here some have a use.
    encryption = _encryption(said)
    shows_keys = method in KEY_METHODS or any(said.get(name) for name in ENCRYPTIONS)
    field, subject = _certificate_subject(said, method)
    # RFC 7591 section 2: what is meant without a word.
    grants = said.get("grant_types", [AUTHORIZATION_CODE])
    return ClientMetadata(
        kind=_kind(said, grants, method),
        auth_method=method,
        grant_types=grants,
        name=said.get("client_name", "").strip() or "Unnamed application",
        redirect_uris=said.get("redirect_uris", []),
        post_logout_redirect_uris=said.get("post_logout_redirect_uris", []),
        jwks=json.dumps(said["jwks"]) if "jwks" in said and shows_keys else "",
        jwks_uri=said.get("jwks_uri", "") if shows_keys else "",
        id_token_algorithm=said.get("id_token_signed_response_alg", ALGORITHMS[0]),
        userinfo_algorithm=said.get("userinfo_signed_response_alg", UNSIGNED),
        encryption=encryption,
        links={name: said.get(name, "") for name in LINKS},
        logo_uri=said.get("logo_uri", ""),
        subject_type=said.get("subject_type", PUBLIC),
        sector_identifier_uri=said.get("sector_identifier_uri", ""),
        requires_pushed_requests=said.get("require_pushed_authorization_requests", False),
        requires_signed_requests=said.get("require_signed_request_object", False),
        requires_dpop=said.get("dpop_bound_access_tokens", False),
        binds_to_certificate=said.get("tls_client_certificate_bound_access_tokens", False),
        certificate_field=field,
        certificate_subject=subject,
        sign_out_addresses=_sign_out_addresses(said),
    )


def described(application: Application) -> dict[str, Any]:
    """What was registered, as it is kept (RFC 7591 section 3.2.1)."""
    members: dict[str, Any] = {
        "client_id": application.client_id,
        "client_id_issued_at": int(application.created.timestamp()),
        "client_name": application.name,
        "application_type": "native" if application.kind == Kind.NATIVE else "web",
        "token_endpoint_auth_method": application.auth_method,
        "grant_types": list(application.grant_types),
        "response_types": ["code"] if AUTHORIZATION_CODE in application.grant_types else [],
        "redirect_uris": application.redirect_uri_list,
        "post_logout_redirect_uris": application.post_logout_redirect_uri_list,
        "scope": " ".join([*_standard_scopes(application), *application.scopes.split()]),
        "subject_type": application.subject_type,
        "id_token_signed_response_alg": application.id_token_algorithm,
        "authorization_signed_response_alg": application.id_token_algorithm,
        "require_pushed_authorization_requests": application.requires_pushed_requests,
        "require_signed_request_object": application.requires_signed_requests,
        "dpop_bound_access_tokens": application.requires_dpop,
        "tls_client_certificate_bound_access_tokens": application.binds_to_certificate,
        "require_auth_time": True,
    }
    if application.userinfo_algorithm != UNSIGNED:
        members["userinfo_signed_response_alg"] = application.userinfo_algorithm
    for name in SAID_IF_THERE:
        if getattr(application, name):
            members[name] = getattr(application, name)
    for wire, name in ENCRYPTIONS.items():
        if getattr(application, f"{name.rpartition('_')[0]}_encryption") != UNENCRYPTED:
            members[wire] = getattr(application, name)
    if application.certificate_field:
        members[f"tls_client_auth_{application.certificate_field}"] = application.certificate_subject
    if application.jwks:
        members["jwks"] = json.loads(application.jwks)
    for channel in ("backchannel", "frontchannel"):
        if f"{channel}_logout_uri" in members:
            session = f"{channel}_logout_session_required"
            members[session] = getattr(application, session)
    return members


def _standard_scopes(application: Application) -> list[str]:
    if application.kind == Kind.SERVICE:
        return []
    return list(usable_scopes(STANDARD_SCOPES, grant_types=application.grant_types))


def refused(refusal: Refused) -> InvalidClientMetadata | InvalidRedirectUri:
    """What the services refused, in the protocol's words: all about the first field (RFC 7591 section 3.2.2)."""
    name = refusal.problems[0].field
    sentences = [problem.sentence for problem in refusal.problems if problem.field == name]
    kind = InvalidRedirectUri if name == "redirect_uris" else InvalidClientMetadata
    about = f"{WIRE_NAMES.get(name, name)}: " if name else ""
    return kind(f"{about}{' '.join(sentences)}")


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidClientMetadata("Send the metadata as JSON.") from error
    if not isinstance(said, dict):
        raise InvalidClientMetadata("Send the metadata as one JSON object.")
    # RFC 7591 section 2: null says nothing.
    return {name: value for name, value in said.items() if value is not None}


def _check_types(said: Mapping[str, Any]) -> None:
    for name in STRINGS:
        if not isinstance(said.get(name, ""), str):
            raise InvalidClientMetadata(f"{name} is a string.")
    for name in BOOLEANS:
        if not isinstance(said.get(name, False), bool):
            raise InvalidClientMetadata(f"{name} is true or false.")
    for name in LISTS:
        value = said.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.isprintable() for each in value):
            raise InvalidClientMetadata(f"{name} is a list of strings.")
    problem = name_problem(said.get("client_name", ""))
    if problem:
        raise InvalidClientMetadata(f"client_name {problem}")
    if not isinstance(said.get("jwks", {}), dict):
        raise InvalidClientMetadata("jwks is a JWK Set.")


def _check_supported(said: Mapping[str, Any]) -> None:
    for name, allowed in ONLY.items():
        if name in said and said[name] not in allowed:
            raise InvalidClientMetadata(f"This value of {name} isn't supported.")
    for name in ("id_token_signed_response_alg", "userinfo_signed_response_alg"):
        if said.get(name, ALGORITHMS[0]) not in ALGORITHMS:
            raise InvalidClientMetadata(f"{name} is one of: {', '.join(ALGORITHMS)}.")
    of_id_tokens = said.get("id_token_signed_response_alg", ALGORITHMS[0])
    if said.get("authorization_signed_response_alg", of_id_tokens) != of_id_tokens:
        raise InvalidClientMetadata("authorization_signed_response_alg is that of id_token_signed_response_alg.")
    if said.get("application_type", "web") not in {"web", "native"}:
        raise InvalidClientMetadata("application_type is web or native.")
    if set(said.get("grant_types", ())) - set(GRANTS):
        raise InvalidClientMetadata(f"grant_types are among: {', '.join(GRANTS)}.")
    if set(said.get("response_types", ())) - {"code"}:
        raise InvalidClientMetadata("The only response type is code.")
    if "jwks" in said and "jwks_uri" in said:
        raise InvalidClientMetadata("Give jwks or jwks_uri, not both.")


def _encryption(said: Mapping[str, Any]) -> dict[str, str]:
    """What is encrypted to the application, by the fields of a description; what isn't is as usual.

    Where no algorithm for the content is named, the one that OpenID Connect Registration section 2 means.
    """
    chosen: dict[str, str] = {}
    for place in ("id_token", "userinfo"):
        algorithm, content = (said.get(f"{place}_encrypted_response_{part}", "") for part in ("alg", "enc"))
        if content and not algorithm:
            raise InvalidClientMetadata(f"{place}_encrypted_response_enc goes with {place}_encrypted_response_alg.")
        usual = TokenSettings()
        chosen[f"{place}_encryption"] = algorithm or UNENCRYPTED
        chosen[f"{place}_content"] = content or (MEANT_CONTENT if algorithm else getattr(usual, f"{place}_content"))
    return chosen


def _certificate_subject(said: Mapping[str, Any], method: str) -> tuple[str, str]:
    """Which part of the certificate is looked at, and what stands there; both "" where it authenticates otherwise."""
    if method != Method.TLS:
        return "", ""
    named = [name for name in SUBJECTS if said.get(name)]
    if len(named) != 1:
        raise InvalidClientMetadata(f"With tls_client_auth there is exactly one of: {', '.join(SUBJECTS)}.")
    return SUBJECTS[named[0]], said[named[0]]


def _kind(said: Mapping[str, Any], grants: list[str], method: str) -> str:
    signs_in = SIGN_IN_GRANTS & set(grants)
    is_native = said.get("application_type") == "native" or signs_in == {DEVICE_CODE}
    if AUTHORIZATION_CODE not in grants and said.get("response_types"):
        raise InvalidClientMetadata("grant_types and response_types don't belong together.")
    if not signs_in:
        if CLIENT_CREDENTIALS not in grants or REFRESH_TOKEN in grants:
            raise InvalidClientMetadata("grant_types and response_types don't belong together.")
        if method == Method.NONE:
            raise InvalidClientMetadata("A client without a customer has to authenticate.")
        return Kind.SERVICE
    if AUTHORIZATION_CODE in grants and not said.get("redirect_uris"):
        raise InvalidRedirectUri("redirect_uris has at least one URI.")
    if method != Method.NONE:
        if said.get("application_type") == "native":
            raise InvalidClientMetadata("A native application can't keep a secret: token_endpoint_auth_method is none.")
        return Kind.WEB
    return Kind.NATIVE if is_native else Kind.SPA


def _sign_out_addresses(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for channel in ("backchannel", "frontchannel"):
        uri, session = f"{channel}_logout_uri", f"{channel}_logout_session_required"
        if not isinstance(said.get(uri, ""), str) or not isinstance(said.get(session, False), bool):
            raise InvalidClientMetadata(f"{uri} is a string, {session} true or false.")
        if said.get(uri):
            found |= {uri: said[uri], session: said.get(session, False)}
    return found
