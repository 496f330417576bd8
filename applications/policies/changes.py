"""What is usual for an application, how a description is put in order, and what differs between two of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from applications.description import (
    ITEMS,
    ApplicationDescription,
    Claim,
    Credentials,
    Role,
    Scope,
    SignIn,
    TokenSettings,
)
from applications.policies.credentials import BASIC, NONE
from applications.policies.grants import POSSIBLE_GRANTS, chosen_grants, usual_grants
from applications.policies.kinds import PUBLIC_KINDS, SERVICE
from applications.policies.tokens import usual_refresh_grace
from common.crypto.public_keys import WrongKeySet, read_key_set
from common.text.words import tidied_words

# Fields of which the audit log tells what they are from now on: they are chosen, not written, or are identifiers.
TOLD = frozenset(
    """
    framework auth_method user_flow requires_pkce requires_pushed_requests second_factor factors requires_dpop
    identifier_uri asks_for_consent follows_fapi requires_signed_requests subject_type certificate_field
    binds_to_certificate
    access_token_minutes id_token_minutes refresh_idle_days refresh_absolute_days refresh_grace_seconds
    id_token_tells_customer id_token_algorithm access_token_algorithm userinfo_algorithm
    id_token_encryption id_token_content userinfo_encryption userinfo_content
    backchannel_logout_session_required frontchannel_logout_session_required
    """.split()
)
# By which nobody gets further than before: what may change without showing anew who one is.
HARMLESS = frozenset({"name", "framework"})
# Lists of which it tells what came and what went.
LISTS = ("grant_types", "permitted_scopes", "permitted_roles")


@dataclass(frozen=True)
class Changes:
    """What differs: the names of fields, and of items as `claims.tier`; `now` has the new values of those in `TOLD`."""

    fields: tuple[str, ...] = ()
    now: Mapping[str, Any] | None = None
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_harmless(self) -> bool:
        """Whether what differs lets nobody in anywhere, and nobody out."""
        return HARMLESS.issuperset(self.fields)

    def touches(self, *names: str) -> bool:
        """Whether one of these fields differs."""
        return not {*names}.isdisjoint(self.fields)

    def includes(self, item: str) -> bool:
        """Whether the item, such as `claims.tier`, is new or another one."""
        return item in self.added or item in self.changed

    def details(self) -> dict[str, Any]:
        """As the audit log keeps it."""
        told = {"now": dict(self.now or {}), "added": self.added, "changed": self.changed, "removed": self.removed}
        return {"fields": [*self.fields], **{name: value for name, value in told.items() if value}}


def proposed(name: str, kind: str) -> ApplicationDescription:
    """A new application of this kind as it is unless somebody chooses otherwise."""
    sign_in = SignIn(grant_types=usual_grants(kind) if kind in POSSIBLE_GRANTS else ())
    tokens = TokenSettings(refresh_grace_seconds=usual_refresh_grace(kind))
    return ApplicationDescription(name, kind, sign_in, Credentials(usual_auth_method(kind)), tokens)


def usual_auth_method(kind: str) -> str:
    """How an application of this kind proves who it is unless somebody chooses otherwise."""
    return NONE if kind in PUBLIC_KINDS else BASIC


def tidied(wished: ApplicationDescription) -> ApplicationDescription:
    """The same, put in order: without blanks around texts, each thing once, items by name."""
    asked = wished.sign_in.grant_types
    is_possible = wished.kind in POSSIBLE_GRANTS and set(asked) <= set(POSSIBLE_GRANTS[wished.kind])
    texts = {name: value.strip() for name, value in wished.values().items() if isinstance(value, str)}
    return wished.with_values(
        **texts | {"jwks": _tidied_keys(wished.credentials.jwks.strip())},
        redirect_uris=_each_once(wished.sign_in.redirect_uris),
        post_logout_redirect_uris=_each_once(wished.sign_out.post_logout_redirect_uris),
        scopes=_each_once(wished.sign_in.scopes),
        factors=_each_once(wished.sign_in.factors),
        grant_types=chosen_grants(asked, kind=wished.kind) if is_possible else asked,
        api_scopes=tuple(sorted(map(_tidied_scope, wished.api.api_scopes), key=lambda scope: scope.name)),
        roles=tuple(sorted(map(_tidied_role, wished.api.roles), key=lambda role: role.value)),
        claims=tuple(sorted(map(_tidied_claim, wished.claims), key=lambda claim: claim.name)),
        permitted_scopes=tuple(sorted(set(wished.permissions.permitted_scopes))),
        permitted_roles=tuple(sorted(set(wished.permissions.permitted_roles))),
        user_flow=None if wished.kind == SERVICE and not wished.sign_in.user_flow else wished.sign_in.user_flow,
    )


def changes_between(
    before: ApplicationDescription | None, after: ApplicationDescription, *, names: Mapping[Any, str] | None = None
) -> Changes:
    """What differs; everything if there was nothing before. `names` are those of keys in `LISTS`, where they have any.

    Both are tidied.
    """
    new = after.values()
    old = before.values() if before else dict.fromkeys(new)
    fields = tuple(name for name in new if new[name] != old[name])
    added: list[str] = []
    changed: list[str] = []
    removed: list[str] = []
    for field in ITEMS:
        now, then = items_of(field, new[field]), items_of(field, old[field] or ())
        added += [f"{field}.{name}" for name in now if name not in then]
        changed += [f"{field}.{name}" for name in now if name in then and now[name] != then[name]]
        removed += [f"{field}.{name}" for name in then if name not in now]
    for field in LISTS:
        now_there, there = new[field], old[field] or ()
        added += [f"{field}.{(names or {}).get(each, each)}" for each in now_there if each not in there]
        removed += [f"{field}.{(names or {}).get(each, each)}" for each in there if each not in now_there]
    told = {name: str(new[name]) if isinstance(new[name], UUID) else new[name] for name in fields if name in TOLD}
    return Changes(fields, told, tuple(added), tuple(changed), tuple(removed))


def items_of(field: str, items: Iterable[Any]) -> dict[str, Any]:
    """The items of a field by their names."""
    return {getattr(item, ITEMS[field]): item for item in items}


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    """The words in their order, each once, without empty ones."""
    return tuple(dict.fromkeys(word for word in (word.strip(" \t\r\n") for word in words) if word))


def _tidied_keys(jwks: str) -> str:
    """In the form in which they are kept; what can't be read stays as it is, to be refused."""
    try:
        return read_key_set(jwks) if jwks else ""
    except WrongKeySet:
        return jwks


def _tidied_scope(scope: Scope) -> Scope:
    translations = {
        language: {part: words.get(part, "") for part in ("name", "description")}
        for language, words in scope.translations.items()
    }
    return replace(
        scope,
        name=scope.name.strip(),
        display_name=scope.display_name.strip(),
        description=scope.description.strip(),
        customer_display_name=scope.customer_display_name.strip(),
        customer_description=scope.customer_description.strip(),
        translations=tidied_words(translations),
    )


def _tidied_role(role: Role) -> Role:
    return replace(
        role,
        value=role.value.strip(),
        display_name=role.display_name.strip(),
        description=role.description.strip(),
    )


def _tidied_claim(claim: Claim) -> Claim:
    value = "" if claim.source in {"roles", "groups"} else claim.value.strip()
    return replace(claim, name=claim.name.strip(), value=value)
