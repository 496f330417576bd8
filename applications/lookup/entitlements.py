"""What an application may ask of APIs, what it offers as one, and its claims: kept in the process like the client."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.identity.lookup import custom_attribute_types
from applications.description import Claim
from applications.models import ClaimRule

ENTITLED = """
        'has_roles', EXISTS (
            SELECT FROM applications_approle role WHERE role.application_id = application.id AND role.is_enabled
        ),
        'permitted', (
            SELECT jsonb_agg(jsonb_build_object(
                'key', scope.id,
                'name', scope.name,
                'api', (
                    SELECT jsonb_build_object(
                        'pk', api.id, 'client_id', api.client_id, 'identifier', api.identifier_uri,
                        'has_roles', EXISTS (
                            SELECT FROM applications_approle role WHERE role.application_id = api.id AND role.is_enabled
                        )
                    )
                    FROM applications_application api WHERE api.id = scope.application_id
                ),
                'is_granted_for_all', permitted.granted_at IS NOT NULL,
                'is_awaiting', permitted.granted_at IS NULL AND scope.consenter = 'administrators'
            ))
            FROM applications_scopepermission permitted
            JOIN applications_apiscope scope ON scope.id = permitted.scope_id
            WHERE permitted.application_id = application.id AND scope.is_enabled
        ),
        'roles', (
            SELECT jsonb_agg(jsonb_build_object('value', role.value, 'api', (
                SELECT jsonb_build_object(
                    'pk', api.id, 'client_id', api.client_id, 'identifier', api.identifier_uri, 'has_roles', true
                )
                FROM applications_application api WHERE api.id = role.application_id
            )) ORDER BY role.value)
            FROM applications_rolepermission permission
            JOIN applications_approle role ON role.id = permission.role_id
            WHERE permission.application_id = application.id AND role.is_enabled AND role.for_services
        ),
        'claims', (
            SELECT jsonb_agg(jsonb_build_array(
                rule.name, rule.source, rule.value, rule.scope,
                rule.in_id_token, rule.in_access_token, rule.in_userinfo
            ) ORDER BY rule.name)
            FROM applications_claimrule rule
            WHERE rule.application_id = application.id
        )
"""
"""Members of the JSON of an application's row. Each API is looked up by itself: PostgreSQL plans all this anew for each
tenant, and thinks longer about joins than about all the rest."""


@dataclass(frozen=True)
class RegisteredApi:
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

    own: RegisteredApi
    apis: Mapping[str, RegisteredApi]
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


def entitlements_of(row: Mapping[str, Any]) -> Entitlements:
    """What the row of an application comes to, with the members `ENTITLED`."""
    permissions = sorted(_of_apis(row["permitted"]), key=lambda each: (each["api"]["identifier"], each["name"]))
    roles = _of_apis(row["roles"])
    service_roles: dict[str, tuple[str, ...]] = {}
    for role in roles:
        identifier = role["api"]["identifier"]
        service_roles[identifier] = (*service_roles.get(identifier, ()), role["value"])
    return Entitlements(
        own=RegisteredApi(row["id"], row["client_id"], row["identifier_uri"], has_roles=row["has_roles"]),
        apis={each["api"]["identifier"]: RegisteredApi(**each["api"]) for each in (*permissions, *roles)},
        scopes=tuple(_permitted(permission) for permission in permissions if not permission["is_awaiting"]),
        awaiting=tuple(_permitted(permission) for permission in permissions if permission["is_awaiting"]),
        service_roles=service_roles,
        claims=tuple(_claims(row["claims"] or ())),
        asks_for_consent=row["asks_for_consent"],
        has_granted_standard_scopes=row["standard_scopes_granted_at"] is not None,
    )


def _of_apis(rows: Sequence[Any] | None) -> list[Any]:
    """Those of applications that are an API still."""
    return [row for row in rows or () if row["api"]["identifier"]]


def _permitted(permission: Mapping[str, Any]) -> PermittedScope:
    return PermittedScope(
        permission["key"],
        permission["api"]["identifier"],
        permission["name"],
        is_granted_for_all=permission["is_granted_for_all"],
    )


def _claims(rules: Iterable[Sequence[Any]]) -> Iterator[Claim]:
    """Its claims, but for those of attributes that the tenant defines no more."""
    for rule in rules:
        claim = Claim(*rule)
        if (
            claim.source != ClaimRule.Source.ATTRIBUTE
            or claim.value in BUILT_IN_ATTRIBUTES
            or claim.value in custom_attribute_types()
        ):
            yield claim
