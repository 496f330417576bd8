"""For whom an access token is: the issuer itself, or one API (RFC 8707). And by which names scopes are asked for.

A scope of an API is asked for as `<identifier>/<name>`, or by its name alone beside `resource=<identifier>`;
`<identifier>/.default` stands for all that is permitted there. One access token has one audience.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from applications.access import Access, Api
from applications.api_policies import DEFAULT_SCOPE
from oidc.errors import InvalidTarget


@dataclass(frozen=True)
class Target:
    """The audience of an access token, the scopes by the names that it knows them by, and the API if it is one."""

    audience: str
    scopes: tuple[str, ...]
    api: Api | None


def named_in_full(asked: Iterable[str], *, resources: Sequence[str], access: Access) -> list[str]:
    """The scopes asked for, those of APIs by their full names. What is unknown stays as it is.

    So does `.default` where no scopes are permitted: a service that asks for it means its roles.
    """
    by_api = {uri: [scope for scope in access.scopes if scope.api == uri] for uri in access.apis}
    found: list[str] = []
    for word in asked:
        api, _, name = word.rpartition("/")
        if api in by_api and name == DEFAULT_SCOPE:
            found += [scope.full_name for scope in by_api[api]] or [word]
            continue
        meant = [scope.full_name for uri in resources for scope in by_api.get(uri, ()) if scope.name == word]
        found += meant or [word]
    return found


def apis_asked_for(asked: Iterable[str], *, resources: Sequence[str], access: Access, issuer: str) -> tuple[str, ...]:
    """The APIs a request is about, those named by `resource` first. Raises `InvalidTarget` for one it may not call."""
    for uri in resources:
        if uri != issuer and uri not in access.apis:
            raise InvalidTarget("The resource is unknown, or the application may not call it.")
    if not access.apis:
        return ()
    of_scopes = (word.rpartition("/")[0] for word in asked)
    return tuple(dict.fromkeys(uri for uri in (*resources, *of_scopes) if uri in access.apis))


def target_of(
    scopes: Sequence[str], *, apis: Sequence[str], resource: str, is_narrowed: bool, access: Access, issuer: str
) -> Target:
    """For whom the next access token is: `resource`, else the first of the APIs asked for, else the issuer.

    `scopes` are those granted, by their full names; `apis` those that were asked for once; `is_narrowed` says that this
    request asks for some of the scopes only. Raises `InvalidTarget`.
    """
    alive = [uri for uri in apis if uri in access.apis]
    if apis and not alive and not resource:
        raise InvalidTarget("The application may no longer call the API this was granted for.")
    if is_narrowed and not resource:
        alive = [uri for uri in alive if any(word.startswith(f"{uri}/") for word in scopes)]
    if resource and resource != issuer and resource not in alive:
        raise InvalidTarget("The resource isn't one that was granted.")
    chosen = resource or (alive[0] if alive else issuer)
    if chosen == issuer:
        of_apis = tuple(f"{uri}/" for uri in {*apis, *access.apis})
        return Target(issuer, tuple(word for word in scopes if not word.startswith(of_apis)), None)
    usable = {scope.full_name: scope.name for scope in access.scopes if scope.api == chosen}
    return Target(chosen, tuple(usable[word] for word in scopes if word in usable), access.apis[chosen])


def granted_with(target: Target, scopes: Sequence[str], *, standard: Sequence[str]) -> tuple[str, ...]:
    """What the answer says was granted: the token's own scopes by full names, and those of the sign-in."""
    if target.api is None:
        return target.scopes
    own = {f"{target.audience}/{name}" for name in target.scopes}
    return tuple(word for word in scopes if word in own or word in standard)
