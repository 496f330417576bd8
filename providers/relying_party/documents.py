"""What OpenID providers publish about themselves (OpenID Connect Discovery, RFC 7517)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.crypto.public_keys import ALGORITHMS, PublicKey, WrongKeySet, public_key
from common.text.translation import gettext_noop as _
from common.web.outgoing import url_fault
from providers.errors import ProviderFailed
from providers.models import IdentityProvider
from providers.policies import is_issuer_of
from providers.relying_party.fetched import fetched, fresh, object_in

MAX_METADATA_BYTES, MAX_KEYS_BYTES, MAX_KEYS = 128 * 1024, 256 * 1024, 100


@dataclass(frozen=True)
class OpenIdMetadata:
    """What we need of a provider's metadata. `issuer` is what its ID tokens name; "" stands for what it doesn't have.

    `names_itself` is whether its answers always say from whom they are (RFC 9207). `prompts` are those that it knows;
    none if it doesn't say.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_authentication: tuple[str, ...] = ("client_secret_basic",)
    names_itself: bool = False
    knows_pkce: bool = True
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProviderKey:
    """A key that signs for the provider. `issuer` is whose tokens it is for, as Microsoft's say; "" if it's silent."""

    key: PublicKey
    issuer: str = ""


def metadata_of(provider: IdentityProvider) -> OpenIdMetadata:
    """The provider's metadata. Raises `ProviderFailed`."""
    return fresh(("metadata", provider.pk, provider.issuer), lambda: read_metadata(provider))


def keys_of(provider: IdentityProvider, metadata: OpenIdMetadata, *, kid: str | None) -> tuple[ProviderKey, ...]:
    """The keys that may verify what it signs; `kid` is the one it has named, if any. Raises `ProviderFailed`."""

    def has_it(keys: tuple[ProviderKey, ...]) -> bool:
        return kid is None or any(each.key.kid == kid for each in keys)

    return fresh(("keys", provider.pk, metadata.jwks_uri), lambda: read_keys(metadata), will_do=has_it)


def read_metadata(provider: IdentityProvider) -> OpenIdMetadata:
    """The metadata as it is now, whatever is known (Discovery section 4). Raises `ProviderFailed`."""
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _document(address, max_bytes=MAX_METADATA_BYTES)
    issuer = found.get("issuer")
    if not isinstance(issuer, str) or not is_issuer_of(issuer, wanted=provider.issuer, kind=provider.kind):
        raise ProviderFailed(
            _(
                "The configuration at %(address)s belongs to the issuer %(issuer)s. If that is the provider you "
                "mean, write the issuer exactly like this."
            ),
            address=address,
            issuer=repr(str(issuer)[:200]),
        )
    addresses = {name: _address_in(found, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    _refuse_what_we_lack(found)
    return OpenIdMetadata(
        issuer=issuer,
        **addresses,
        userinfo_endpoint=_address_in(found, "userinfo_endpoint") if "userinfo_endpoint" in found else "",
        token_authentication=_texts_in(found, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        knows_pkce="S256" in _texts_in(found, "code_challenge_methods_supported"),
        prompts=_texts_in(found, "prompt_values_supported"),
    )


def read_keys(metadata: OpenIdMetadata) -> tuple[ProviderKey, ...]:
    """The key set as it is now; keys for other ends or of other kinds are passed over. Raises `ProviderFailed`."""
    members = _document(metadata.jwks_uri, max_bytes=MAX_KEYS_BYTES).get("keys")
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise ProviderFailed(
            _("What %(jwks_uri)s answers with isn’t a key set of up to %(most)s keys."),
            jwks_uri=metadata.jwks_uri,
            most=MAX_KEYS,
        )
    usable = []
    for member in members:
        try:
            usable.append(ProviderKey(public_key(member), _issuer_in(member)))
        except WrongKeySet:
            continue
    if not usable:
        raise ProviderFailed(
            _("The key set at %(jwks_uri)s has no key for %(names)s."),
            jwks_uri=metadata.jwks_uri,
            names=", ".join(ALGORITHMS),
        )
    return tuple(usable)


def _issuer_in(member: Mapping[str, Any]) -> str:
    issuer = member.get("issuer")
    return issuer if isinstance(issuer, str) else ""


def _document(address: str, *, max_bytes: int) -> dict[str, Any]:
    return object_in(fetched(address, max_bytes=max_bytes), address)


def _address_in(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str):
        raise ProviderFailed(_("The configuration has no %(name)s."), name=name)
    if problem := url_fault(address):
        raise ProviderFailed(
            _("The %(name)s of the configuration can’t be used. %(problem)s"), name=name, problem=problem
        )
    return address


def _texts_in(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = found.get(name)
    return tuple(each for each in texts if isinstance(each, str)) if isinstance(texts, list) else ()


def _refuse_what_we_lack(found: Mapping[str, Any]) -> None:
    """A provider without the authorization code grant, or whose tokens we couldn't check."""
    types = _texts_in(found, "response_types_supported")
    if types and "code" not in types:
        raise ProviderFailed(_("The provider doesn’t offer authorization codes (response_types_supported)."))
    signed = _texts_in(found, "id_token_signing_alg_values_supported")
    if signed and not set(signed) & set(ALGORITHMS):
        raise ProviderFailed(_("The provider signs ID tokens by none of %(names)s."), names=", ".join(ALGORITHMS))
