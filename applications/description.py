"""What an application is, as one value: all that may be chosen about it, but no secret, no picture and no row's key.

What is wrong with one stands in `policies.application`; `services.application` tells it of a row, and makes a row be as
it says. Every door to applications is a mapping to and from it: the portal's forms, the command line, dynamic
registration. A field's name is its name everywhere: in problems, in the audit log, and mostly in the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from common.versions import version_of

# Userinfo as plain JSON.
UNSIGNED = "none"
# Readable for whoever gets it.
UNENCRYPTED = "none"
ANYBODY = "anybody"


@dataclass(frozen=True)
class SignIn:
    """How customers come to it, and by which grants it gets tokens.

    `user_flow` is the key of its flow; None stands for the tenant's default one, and for none of a service. `scopes`
    are those of its own, beside the standard ones. `requires_pushed_requests`: RFC 9126 section 6,
    `requires_signed_requests`: RFC 9101 section 10.5. `second_factor` is who is asked for one besides those whom the
    flow asks: "" for nobody, `new_browser` or `always`; with `never` nobody is whom the flow alone would ask. `factors`
    are those that count in the place of the flow's, if there are any (`FlowRules.asking`). `subject_type` says by which
    IDs it knows customers (`policies.subjects`): `public`, or `pairwise`, those of its sector alone.
    """

    grant_types: tuple[str, ...]
    user_flow: UUID | None = None
    redirect_uris: tuple[str, ...] = ()
    requires_pkce: bool = True
    requires_pushed_requests: bool = False
    requires_signed_requests: bool = False
    second_factor: str = ""
    factors: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    subject_type: str = "public"
    sector_identifier_uri: str = ""


@dataclass(frozen=True)
class Credentials:
    """How it proves who it is (RFC 7591 section 2). A key pair has its public keys in `jwks` or at `jwks_uri`.

    By a certificate that an authority vouches for it is known if this part of it, a name of
    `common.crypto.certificate_names`, says `certificate_subject` (RFC 8705 section 2.1.2).
    """

    auth_method: str
    jwks: str = ""
    jwks_uri: str = ""
    certificate_field: str = ""
    certificate_subject: str = ""


@dataclass(frozen=True)
class TokenSettings:
    """How its tokens are made.

    `refresh_grace_seconds` is how long a refresh token that was just exchanged may be presented once more, by a client
    that never received the answer; it is handed the same successor again. 0 allows none. Userinfo tells about the
    customer; with `id_token_tells_customer` the ID token does so, too. With `requires_dpop` it gets
    only tokens that are bound to a key it proves to hold (RFC 9449), with `binds_to_certificate` only such as are bound
    to the certificate that it shows (RFC 8705 section 3).
    """

    access_token_minutes: int = 60
    id_token_minutes: int = 60
    refresh_idle_days: int = 14
    refresh_absolute_days: int = 90
    refresh_grace_seconds: int = 0
    requires_dpop: bool = False
    id_token_tells_customer: bool = False
    # OpenID Connect lets every client assume RS256 for ID tokens; ES256 is quicker to make and to check.
    id_token_algorithm: str = "RS256"  # noqa: S105 - a name
    access_token_algorithm: str = "ES256"  # noqa: S105
    # With one, userinfo answers with a signed JWT (OpenID Connect Core section 5.3.2).
    userinfo_algorithm: str = UNSIGNED
    binds_to_certificate: bool = False
    # With one, what was signed is encrypted to the application as well, with a key of its own (RFC 7516).
    id_token_encryption: str = UNENCRYPTED
    id_token_content: str = "A256GCM"  # noqa: S105
    userinfo_encryption: str = UNENCRYPTED
    userinfo_content: str = "A256GCM"

    @property
    def encrypts(self) -> bool:
        """Whether the application needs a key to which something is encrypted."""
        return {self.id_token_encryption, self.userinfo_encryption} != {UNENCRYPTED}

    @property
    def access_token_lifetime(self) -> timedelta:
        return timedelta(minutes=self.access_token_minutes)

    @property
    def id_token_lifetime(self) -> timedelta:
        return timedelta(minutes=self.id_token_minutes)

    @property
    def refresh_idle_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_idle_days)

    @property
    def refresh_absolute_lifetime(self) -> timedelta:
        return timedelta(days=self.refresh_absolute_days)

    @property
    def refresh_grace(self) -> timedelta:
        return timedelta(seconds=self.refresh_grace_seconds)


@dataclass(frozen=True)
class Links:
    """Where customers read more about it, and where it begins a sign-in itself (OpenID Connect Core section 4)."""

    client_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    initiate_login_uri: str = ""


@dataclass(frozen=True)
class SignOut:
    """Where customers return to once they have signed out, and where it hears of that; "" for nowhere.

    One that requires sessions is told of each by its ID; another one, of a customer's sign-out everywhere once, and
    through the browser without any ID.
    """

    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = True
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = True


@dataclass(frozen=True)
class Scope:
    """What it lets others do as an API. `name` is the spelling on the wire; `translations` as in `ApiScope`."""

    name: str
    display_name: str
    description: str = ""
    customer_display_name: str = ""
    customer_description: str = ""
    consenter: str = ANYBODY
    is_enabled: bool = True
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Role:
    """What somebody can be to it. `value` is the spelling in the claim `roles`."""

    value: str
    display_name: str
    description: str = ""
    for_customers: bool = True
    for_services: bool = False
    is_enabled: bool = True


@dataclass(frozen=True)
class Api:
    """What it offers others: its name as an API ("" if it is none), its scopes, and its roles, all by their names."""

    identifier_uri: str = ""
    api_scopes: tuple[Scope, ...] = ()
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Permissions:
    """What it may ask of APIs: the keys of scopes, and of the roles it has when it acts for itself.

    `asks_for_consent`: whether customers are asked before it gets what nobody granted for all of them.
    """

    permitted_scopes: tuple[UUID, ...] = ()
    permitted_roles: tuple[UUID, ...] = ()
    asks_for_consent: bool = False


@dataclass(frozen=True)
class Claim:
    """One claim it is told, in the place of a usual one of that name.

    `value` is the attribute's name or the constant. With no place ticked the claim isn't sent at all.
    """

    name: str
    source: str
    value: str = ""
    scope: str = ""
    in_id_token: bool = False
    in_access_token: bool = False
    in_userinfo: bool = False


@dataclass(frozen=True)
class ApplicationDescription:
    """All of it. `kind` never changes. `policies.changes.proposed` is what is usual for a kind.

    `framework` is a key of `policies.frameworks`, by which the quick start chooses its code; "" if nobody said.
    `follows_fapi`: it is held to the FAPI 2.0 Security Profile (`policies.fapi`).
    """

    name: str
    kind: str
    sign_in: SignIn
    credentials: Credentials
    tokens: TokenSettings = TokenSettings()
    links: Links = Links()
    sign_out: SignOut = SignOut()
    api: Api = Api()
    permissions: Permissions = Permissions()
    claims: tuple[Claim, ...] = ()
    framework: str = ""
    follows_fapi: bool = False

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    def values(self) -> dict[str, Any]:
        """Each field's value by its name, whichever part it is in; what has items of its own, as tuples of them."""
        return {
            "name": self.name,
            "kind": self.kind,
            "framework": self.framework,
            "follows_fapi": self.follows_fapi,
            **{name: value for part in PARTS for name, value in _values_of(getattr(self, part)).items()},
            "claims": self.claims,
        }

    def with_values(self, **values: Any) -> "ApplicationDescription":
        """The same but for these fields, whichever part each is in."""
        parts = {part: getattr(self, part) for part in PARTS}
        changed = {
            part: replace(kept, **{name: values.pop(name) for name in _values_of(kept) if name in values})
            for part, kept in parts.items()
        }
        return replace(self, **changed, **values)

    def with_item(self, field: str, item: Any) -> "ApplicationDescription":
        """The same with this scope, role or claim, in the place of the one of its name if there is any."""
        others = self._others(field, getattr(item, ITEMS[field]))
        return self.with_values(**{field: (*others, item)})

    def without_item(self, field: str, name: str) -> "ApplicationDescription":
        """The same without the scope, role or claim of this name."""
        return self.with_values(**{field: self._others(field, name)})

    def _others(self, field: str, name: str) -> tuple[Any, ...]:
        return tuple(item for item in self.values()[field] if getattr(item, ITEMS[field]) != name)


LINKS = tuple(each.name for each in fields(Links))
CREDENTIALS = tuple(each.name for each in fields(Credentials))
TOKENS = tuple(each.name for each in fields(TokenSettings))
PARTS = ("sign_in", "credentials", "tokens", "links", "sign_out", "api", "permissions")
# Fields that have items, and by what an item is known among its like.
ITEMS = {"api_scopes": "name", "roles": "value", "claims": "name"}


def _values_of(part: Any) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(part)}
