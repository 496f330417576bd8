"""For whom an access token is: the issuer itself, or one API (RFC 8707). And by which names scopes are asked for.

A scope of an API is asked for as `<identifier>/<name>`, or by its name alone beside `resource=<identifier>`;
`<identifier>/.default` stands for all that is permitted there. One access token has one audience.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from applications.lookup.entitlements import Entitlements, RegisteredApi
from applications.policies.apis import DEFAULT_SCOPE
from oidc.wire.errors import InvalidTarget


@dataclass(frozen=True)
class Target:
    """The audience of an access token, the scopes by the names that it knows them by, and the API if it is one."""

    audience: str
    scopes: tuple[str, ...]
    api: RegisteredApi | None


def named_in_full(asked: Iterable[str], *, resources: Sequence[str], entitlements: Entitlements) -> list[str]:
    """The scopes asked for, those of APIs by their full names. What is unknown stays as it is.

    So does `.default` where no scopes are permitted: a service that asks for it means its roles.
    """
    by_api = {uri: [scope for scope in entitlements.scopes if scope.api == uri] for uri in entitlements.apis}
    found: list[str] = []
    for word in asked:
        api, _, name = word.rpartition("/")
        if name == DEFAULT_SCOPE:
            named = [api] if api else resources
            meant = [scope.full_name for uri in named for scope in by_api.get(uri, ())]
        else:
            meant = [scope.full_name for uri in resources for scope in by_api.get(uri, ()) if scope.name == word]
        found += meant or [word]
    return found


def api_of(word: str) -> str:
    """The identifier in the full name of an API's scope; "" for any other scope."""
    return word.rpartition("/")[0]


def apis_asked_for(
    asked: Iterable[str], *, resources: Sequence[str], entitlements: Entitlements, issuer: str
) -> tuple[str, ...]:
    """The APIs a request is about, those named by `resource` first. Raises `InvalidTarget` for one it may not call."""
    for uri in resources:
        if uri != issuer and uri not in entitlements.apis:
            raise InvalidTarget("The resource is unknown, or the application may not call it.")
    if not entitlements.apis:
        return ()
    return tuple(dict.fromkeys(uri for uri in (*resources, *map(api_of, asked)) if uri in entitlements.apis))


def target_of(
    scopes: Sequence[str],
    *,
    apis: Sequence[str],
    resource: str,
    is_about_person: bool,
    is_narrowed: bool,
    entitlements: Entitlements,
    issuer: str,
) -> Target:
    """For whom the next access token is: `resource`, else the first of the APIs asked for, else the issuer.

    `scopes` are those granted, by their full names; `apis` those that were asked for once; `is_narrowed` says that this
    request asks for some of the scopes only. A token about a person needs a scope of its API: by a scope the customer,
    or an administrator for all, has said yes. Raises `InvalidTarget`.
    """
    permitted = [scope for scope in entitlements.scopes if scope.full_name in scopes]
    callable_apis = {scope.api for scope in permitted} if is_about_person else entitlements.apis
    alive = [uri for uri in apis if uri in callable_apis]
    asks_for_api = bool(apis) and not (is_narrowed and set(apis).isdisjoint(map(api_of, scopes)))
    if asks_for_api and not alive and not resource:
        raise InvalidTarget("The application may no longer call the API this was granted for.")
    if resource and resource != issuer and resource not in alive:
        raise InvalidTarget("The resource isn't one that was granted.")
    chosen = resource or (alive[0] if alive else issuer)
    if chosen == issuer:
        of_apis = {*apis, *entitlements.apis}
        return Target(issuer, tuple(word for word in scopes if api_of(word) not in of_apis), None)
    usable = {scope.full_name: scope.name for scope in permitted if scope.api == chosen}
    return Target(chosen, tuple(usable[word] for word in scopes if word in usable), entitlements.apis[chosen])


def granted_with(target: Target, scopes: Sequence[str], *, standard: Sequence[str]) -> tuple[str, ...]:
    """What the answer says was granted: the token's own scopes by full names, and those of the sign-in."""
    if target.api is None:
        return target.scopes
    own = {f"{target.audience}/{name}" for name in target.scopes}
    return tuple(word for word in scopes if word in own or word in standard)


def check_resource(resource: str) -> None:
    """Whether this can be the name of a resource. Raises `InvalidTarget`."""
    try:
        parts = urlsplit(resource)
    except ValueError as error:
        raise InvalidTarget("The resource isn't a URI.") from error
    if not parts.scheme or "#" in resource:
        raise InvalidTarget("The resource isn't an absolute URI without a fragment.")
