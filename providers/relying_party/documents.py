"""What providers publish about themselves (OpenID Connect Discovery, RFC 7517), fetched and kept in the process.

The metadata is fetched again after an hour, keys after that or at a key ID that isn't known, since providers change
theirs; yet no document more than three times in three minutes, so that nobody makes us hammer somebody. While a
provider is out of reach, what is known of it counts for a day. Few threads may wait for providers, of each tenant half
of them.
"""

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django.db import connection

from common.crypto.public_keys import ALGORITHMS, PublicKey, WrongKeySet, public_key
from common.web.outgoing import HttpAnswer, OutgoingError, Places, call, url_problem
from providers.errors import ProviderFailed
from providers.models import IdentityProvider
from providers.policies import is_issuer_of
from tenants.postgresql import current_schema

FRESH_FOR, KEPT_FOR = 3600.0, 24 * 3600.0
MAX_FETCHES, FETCHES_WITHIN = 3, 180.0
MOST_KEPT = 1000
MAX_METADATA_BYTES, MAX_KEYS_BYTES, MAX_KEYS = 128 * 1024, 256 * 1024, 100
OK = 200

for_customers = Places(4, share=2)
"""For customers on their way to a provider or back, all of them together."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Metadata:
    """What we need of a provider's metadata. `issuer` is what its ID tokens name; "" stands for what it doesn't have.

    `names_itself` is whether its answers always say from whom they are (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_authentication: tuple[str, ...] = ("client_secret_basic",)
    names_itself: bool = False
    knows_pkce: bool = True


@dataclass
class _Kept(Generic[Value]):
    """What is known of one document: moments are those of the monotonic clock."""

    value: Value | None = None
    fetched_at: float = 0.0
    tries: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_FETCHES))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_kept(self, seconds: float) -> bool:
        return self.value is not None and time.monotonic() - self.fetched_at < seconds

    def may_be_tried(self) -> bool:
        return len(self.tries) < MAX_FETCHES or time.monotonic() - self.tries[0] >= FETCHES_WITHIN


_kept: "OrderedDict[tuple[str, ...], _Kept[Any]]" = OrderedDict()
_guard = threading.Lock()


def metadata_of(provider: IdentityProvider) -> Metadata:
    """The provider's metadata. Raises `ProviderFailed`."""
    return _fresh(("metadata", provider.pk, provider.issuer), lambda: read_metadata(provider))


def keys_of(provider: IdentityProvider, metadata: Metadata, *, kid: str | None) -> tuple[PublicKey, ...]:
    """The keys that may verify what it signs; `kid` is the one it has named, if any. Raises `ProviderFailed`."""

    def has_it(keys: tuple[PublicKey, ...]) -> bool:
        return kid is None or any(key.kid == kid for key in keys)

    return _fresh(("keys", provider.pk, metadata.jwks_uri), lambda: read_keys(metadata), will_do=has_it)


def forget_documents() -> None:
    """Forget all documents, and when they were fetched."""
    with _guard:
        _kept.clear()


def read_metadata(provider: IdentityProvider) -> Metadata:
    """The metadata as it is now, whatever is known (Discovery section 4). Raises `ProviderFailed`."""
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _document(address, "configuration", max_bytes=MAX_METADATA_BYTES)
    issuer = found.get("issuer")
    if not isinstance(issuer, str) or not is_issuer_of(issuer, wanted=provider.issuer, kind=provider.kind):
        raise ProviderFailed(
            f"The configuration at {address} is of the issuer {str(issuer)[:200]!r}. Write the issuer exactly so, if"
            " that is the provider you mean."
        )
    addresses = {name: _address_in(found, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    _refuse_what_we_lack(found)
    return Metadata(
        issuer=issuer,
        **addresses,
        userinfo_endpoint=_address_in(found, "userinfo_endpoint") if "userinfo_endpoint" in found else "",
        token_authentication=_texts_in(found, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        knows_pkce="S256" in _texts_in(found, "code_challenge_methods_supported"),
    )


def read_keys(metadata: Metadata) -> tuple[PublicKey, ...]:
    """The key set as it is now; keys for other ends or of other kinds are passed over. Raises `ProviderFailed`."""
    members = _document(metadata.jwks_uri, "key set", max_bytes=MAX_KEYS_BYTES).get("keys")
    if not isinstance(members, list) or len(members) > MAX_KEYS:
        raise ProviderFailed(f"What {metadata.jwks_uri} answers with isn’t a key set of up to {MAX_KEYS} keys.")
    usable = []
    for member in members:
        try:
            usable.append(public_key(member))
        except WrongKeySet:
            continue
    if not usable:
        raise ProviderFailed(f"The key set at {metadata.jwks_uri} has no key for {', '.join(ALGORITHMS)}.")
    return tuple(usable)


def called(*, url: str, **how: Any) -> HttpAnswer:
    """What another server answers, while somebody else may have our connection to the database.

    Raises `ProviderFailed`.
    """
    if not connection.in_atomic_block:
        connection.close()
    try:
        return call(url, **how)
    except OutgoingError as error:
        raise ProviderFailed(str(error)) from error


def object_in(answer: HttpAnswer, what: str) -> dict[str, Any]:
    """The JSON object of an answer. Raises `ProviderFailed`."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed(f"The {what} isn’t JSON.") from error
    if not isinstance(found, dict):
        raise ProviderFailed(f"The {what} isn’t a JSON object.")
    return found


def _document(address: str, what: str, *, max_bytes: int) -> dict[str, Any]:
    answer = called(url=address, max_bytes=max_bytes)
    if answer.status != OK:
        raise ProviderFailed(f"{address} answered with status {answer.status}, not 200.")
    return object_in(answer, f"{what} at {address}")


def _fresh(
    key: tuple[str, ...], fetch: Callable[[], Value], *, will_do: Callable[[Value], bool] = lambda _: True
) -> Value:
    """What is kept, or fetched now: by one thread at a time, and with an old one where there is no newer."""
    with _guard:
        kept = cast(_Kept[Value], _kept.setdefault((current_schema(), *key), _Kept()))
        _kept.move_to_end((current_schema(), *key))
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    if (value := _good(kept, will_do)) is not None:
        return value
    with kept.lock:
        if (value := _good(kept, will_do)) is not None:
            return value
        if not kept.may_be_tried():
            raise ProviderFailed("It was asked several times just now, without a good answer.")
        kept.tries.append(time.monotonic())
        try:
            kept.value, kept.fetched_at = fetch(), time.monotonic()
        except ProviderFailed:
            if not kept.is_kept(KEPT_FOR):
                raise
    assert kept.value is not None  # noqa: S101 - tells the type checker
    return kept.value


def _good(kept: _Kept[Value], will_do: Callable[[Value], bool]) -> Value | None:
    """What is kept, if nothing better can be had."""
    if kept.value is None or not kept.is_kept(KEPT_FOR):
        return None
    is_good = kept.is_kept(FRESH_FOR) and will_do(kept.value)
    return kept.value if is_good or not kept.may_be_tried() else None


def _address_in(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str):
        raise ProviderFailed(f"The configuration has no {name}.")
    if problem := url_problem(address):
        raise ProviderFailed(f"The {name} of the configuration can’t be used. {problem}")
    return address


def _texts_in(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = found.get(name)
    return tuple(each for each in texts if isinstance(each, str)) if isinstance(texts, list) else ()


def _refuse_what_we_lack(found: Mapping[str, Any]) -> None:
    """A provider without the authorization code grant, or whose tokens we couldn't check."""
    types = _texts_in(found, "response_types_supported")
    if types and "code" not in types:
        raise ProviderFailed("The provider doesn’t offer authorization codes (response_types_supported).")
    signed = _texts_in(found, "id_token_signing_alg_values_supported")
    if signed and not set(signed) & set(ALGORITHMS):
        raise ProviderFailed(f"The provider signs ID tokens by none of {', '.join(ALGORITHMS)}.")
