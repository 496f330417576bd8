"""A request to the token endpoint, read once into a value that nobody changes; no grant looks behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from applications.lookup.clients import RegisteredClient
from applications.lookup.entitlements import Entitlements
from applications.policies.grants import CLIENT_CREDENTIALS
from oidc.issuer.identity import Issuer
from oidc.tokens.resources import named_in_full
from userflows.lookup import custom_names_of

PARAMETERS = (
    "grant_type scope resource code redirect_uri code_verifier refresh_token device_code"
    " audience requested_token_type subject_token subject_token_type actor_token actor_token_type"
).split()


@dataclass(frozen=True)
class TokenRequest:
    """Who asks, and for what: the parameters by their names on the wire, "" for one that was left out.

    `client` has been authenticated; `custom_names` are the attributes its user flow asks for, none where it asks
    for a token of its own. `dpop_jkt` is the thumbprint of the key it proved to hold, "" without a proof, `x5t` that of
    the certificate its tokens are bound to, "" for one whose tokens aren't. `resource` says for whom the access token
    shall be (RFC 8707 section 2.2).
    """

    issuer: Issuer
    client: RegisteredClient
    entitlements: Entitlements
    custom_names: frozenset[str]
    now: datetime
    dpop_jkt: str
    x5t: str
    grant_type: str
    scope: str = ""
    resource: str = ""
    # RFC 6749 sections 4.1.3 and 6, RFC 7636 section 4.5, RFC 8628 section 3.4.
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    device_code: str = ""
    # RFC 8693 section 2.1.
    audience: str = ""
    requested_token_type: str = ""
    subject_token: str = ""
    subject_token_type: str = ""
    actor_token: str = ""
    actor_token_type: str = ""

    @classmethod
    def of(
        cls,
        parameters: Mapping[str, str],
        *,
        issuer: Issuer,
        client: RegisteredClient,
        now: datetime,
        dpop_jkt: str = "",
        x5t: str = "",
    ) -> Self:
        """What these parameters say, coming from this client. Parameters without a meaning here are ignored."""
        return cls(
            issuer=issuer,
            client=client,
            entitlements=client.entitlements,
            # A service's own token tells of nobody: no user flow need be known.
            custom_names=custom_names_of(None if parameters["grant_type"] == CLIENT_CREDENTIALS else client.flow_id),
            now=now,
            dpop_jkt=dpop_jkt,
            x5t=x5t,
            **{name: parameters[name] for name in PARAMETERS if name in parameters},
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The scopes asked for, as they were written, each once."""
        return tuple(dict.fromkeys(filter(None, self.scope.split(" "))))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes asked for, those of APIs by their full names."""
        return tuple(named_in_full(self.words, resources=self.resources, entitlements=self.entitlements))

    @property
    def resources(self) -> tuple[str, ...]:
        """The one resource named, if one is."""
        return (self.resource,) if self.resource else ()

    @property
    def refresh_jkt(self) -> str:
        """What a new refresh token is bound to, a key or a certificate: a public client's, which shows nothing else.

        RFC 9449 section 5, RFC 8705 section 4.
        """
        return self.dpop_jkt or self.x5t if self.client.is_public else ""
