"""What an application may ask of APIs, what it offers as one, and its claims: kept in the process like the client."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.description import Claim
from applications.errors import UnknownApplication
from applications.models import ApiScope, Application, AppRole, ClaimRule, RolePermission, ScopePermission
from common.caches import ProcessCache
from tenants.postgresql import current_schema


@dataclass(frozen=True)
class Api:
    """An application that others call: its row's key, client ID and identifier URI."""

    pk: int
    client_id: str
    identifier: str
    has_roles: bool


@dataclass(frozen=True)
class PermittedScope:
    """A scope of an API that the application may be given. `key` names it for ever, `full_name` as it is called now."""

    key: str
    api: str
    name: str
    is_granted_for_all: bool

    @property
    def full_name(self) -> str:
        return f"{self.api}/{self.name}"


@dataclass(frozen=True)
class Entitlements:
    """All of it. `apis` goes by identifier URI, `service_roles` too: what the application is when it acts for itself.

    Scopes that only administrators may consent to stand in `scopes` once one of them has, and until then in `awaiting`.
    """

    own: Api
    apis: Mapping[str, Api]
    scopes: tuple[PermittedScope, ...]
    awaiting: tuple[PermittedScope, ...]
    service_roles: Mapping[str, tuple[str, ...]]
    claims: tuple[Claim, ...]
    asks_for_consent: bool
    has_granted_standard_scopes: bool

    @property
    def wants_groups(self) -> bool:
        return any(claim.source == ClaimRule.Source.GROUPS for claim in self.claims)

    def keys_to_allow(self, words: Iterable[str]) -> frozenset[str]:
        """The keys of those scopes, named in full, that no administrator has granted for all customers."""
        of_apis = {scope.full_name: scope for scope in self.scopes}
        keys: set[str] = set()
        for word in words:
            if word in of_apis:
                keys |= set() if of_apis[word].is_granted_for_all else {of_apis[word].key}
            elif not self.has_granted_standard_scopes:
                keys.add(word)
        return frozenset(keys)


_entitlements: ProcessCache[Entitlements] = ProcessCache()


def entitlements_by_id(client_id: str) -> Entitlements:
    """What is known of the application with this client ID. Raises `UnknownApplication`."""
    schema = current_schema()
    return _entitlements.get(schema, client_id, lambda: _read(client_id))


def _read(client_id: str) -> Entitlements:
    application = Application.objects.filter(client_id=client_id).first()
    if application is None:
        raise UnknownApplication
    permissions = _scopes(application)
    scopes = [each for each in permissions if not _awaits(each)]
    roles = list(_role_permissions(application))
    with_roles = set(AppRole.objects.filter(is_enabled=True).values_list("application_id", flat=True))
    owners = [permission.scope.application for permission in permissions] + [role.application for role in roles]
    service_roles: dict[str, tuple[str, ...]] = {}
    for role in roles:
        uri = role.application.identifier_uri
        service_roles[uri] = (*service_roles.get(uri, ()), role.value)
    return Entitlements(
        own=_api(application, with_roles),
        apis={owner.identifier_uri: _api(owner, with_roles) for owner in owners},
        scopes=tuple(_permitted(permission) for permission in scopes),
        awaiting=tuple(_permitted(permission) for permission in permissions if _awaits(permission)),
        service_roles=service_roles,
        claims=_claims(application),
        asks_for_consent=application.asks_for_consent,
        has_granted_standard_scopes=application.standard_scopes_granted_at is not None,
    )


def _api(application: Application, with_roles: set[int]) -> Api:
    has_roles = application.pk in with_roles
    return Api(application.pk, application.client_id, application.identifier_uri, has_roles)


def _scopes(application: Application) -> list[ScopePermission]:
    return list(
        ScopePermission.objects.filter(application=application, scope__is_enabled=True)
        .exclude(scope__application__identifier_uri="")
        .select_related("scope__application")
        .order_by("scope__application__identifier_uri", "scope__name")
    )


def _awaits(permission: ScopePermission) -> bool:
    """Whether an administrator has to consent first."""
    return permission.granted_at is None and permission.scope.consenter == ApiScope.Consenter.ADMINISTRATORS


def _permitted(permission: ScopePermission) -> PermittedScope:
    scope = permission.scope
    return PermittedScope(
        str(scope.pk),
        scope.application.identifier_uri,
        scope.name,
        is_granted_for_all=permission.granted_at is not None,
    )


def _role_permissions(application: Application) -> list[AppRole]:
    permissions = (
        RolePermission.objects.filter(application=application, role__is_enabled=True, role__for_services=True)
        .exclude(role__application__identifier_uri="")
        .select_related("role__application")
        .order_by("role__value")
    )
    return [permission.role for permission in permissions]


def _claims(application: Application) -> tuple[Claim, ...]:
    """Its claims, but for those of attributes that the tenant defines no more."""
    rules = list(application.claim_rules.all())
    if not rules:
        return ()
    known = {*BUILT_IN_ATTRIBUTES, *CustomAttribute.objects.values_list("name", flat=True)}
    return tuple(
        Claim(
            rule.name,
            rule.source,
            rule.value,
            rule.scope,
            rule.in_id_token,
            rule.in_access_token,
            rule.in_userinfo,
        )
        for rule in rules
        if rule.source != ClaimRule.Source.ATTRIBUTE or rule.value in known
    )
