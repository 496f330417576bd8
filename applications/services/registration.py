"""Register, change and delete applications."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import Application
from applications.policies.grants import chosen_grants, grants_problem, usual_grants
from applications.policies.kinds import PUBLIC_KINDS
from applications.policies.redirect_uris import (
    MAX_REDIRECT_URIS,
    post_logout_redirect_uri_problem,
    redirect_uri_problem,
)
from applications.policies.registration import MAX_SCOPES, pkce_problem, scope_problem
from applications.services.changes import Problems, announce_change, raise_if_any
from applications.services.credentials import _set_authentication
from audit.services import Actor, record
from userflows.models import UserFlow

MAX_NAME_LENGTH = 120


def register_application(  # noqa: PLR0913 - a registration is the list of what is registered
    *,
    name: str,
    kind: str,
    redirect_uris: Iterable[str] = (),
    post_logout_redirect_uris: Iterable[str] = (),
    user_flow: UserFlow | None = None,
    auth_method: str | None = None,
    jwks: str = "",
    jwks_uri: str = "",
    grant_types: Iterable[str] | None = None,
    requires_pkce: bool = True,
    scopes: Iterable[str] = (),
    requires_pushed_requests: bool = False,
    registered_dynamically: bool = False,
    actor: Actor,
) -> Application:
    """Record an app or service that customers sign in to. Without a flow it uses the tenant's default one.

    `grant_types` are the only grants it may use; without them, those that are usual for its kind.

    `scopes` are those it may ask for besides the standard ones; `jwks` or `jwks_uri` says where the public keys are of
    one that authenticates with a key pair; `requires_pushed_requests` holds it to pushing its authorization requests
    (RFC 9126); `registered_dynamically` says that it came by itself (RFC 7591). Raises `ValidationError` keyed by
    argument.
    """
    if kind not in Application.Kind.values:
        raise ValidationError({"kind": "Choose one of: " + ", ".join(Application.Kind.values) + "."})
    is_public = kind in PUBLIC_KINDS
    application = Application(client_id=str(uuid4()), kind=kind, registered_dynamically=registered_dynamically)
    application.client_type = Application.CLIENT_PUBLIC if is_public else Application.CLIENT_CONFIDENTIAL
    application.authorization_grant_type = (
        Application.GRANT_CLIENT_CREDENTIALS
        if kind == Application.Kind.SERVICE
        else Application.GRANT_AUTHORIZATION_CODE
    )
    asked = usual_grants(kind) if grant_types is None else _unique(grant_types)
    application.grants = " ".join(chosen_grants(asked, kind=kind))
    problems: Problems = {"grant_types": grants_problem(asked, kind=kind)}
    problems |= _set_authentication(application, auth_method=auth_method, jwks=jwks, jwks_uri=jwks_uri)
    problems |= _set_details(
        application,
        name=name,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        user_flow=user_flow,
        requires_pkce=requires_pkce,
        scopes=scopes,
        requires_pushed_requests=requires_pushed_requests,
    )
    raise_if_any(problems)
    with transaction.atomic():
        application.save(force_insert=True)
        record("application.registered", actor=actor, target=application, details={"kind": kind})
        announce_change()
    return application


def update_application(
    application: Application,
    *,
    name: str,
    redirect_uris: Iterable[str],
    post_logout_redirect_uris: Iterable[str],
    user_flow: UserFlow | None,
    requires_pkce: bool | None = None,
    requires_pushed_requests: bool | None = None,
    actor: Actor,
) -> None:
    """Change what the application is called, where it receives customers, their user flow, and how it asks for them.

    `requires_pkce` and `requires_pushed_requests` stay as they are unless given.

    Raises `ValidationError` keyed by argument.
    """
    before = _details_of(application)
    problems = _set_details(
        application,
        name=name,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        user_flow=user_flow,
        requires_pkce=application.requires_pkce if requires_pkce is None else requires_pkce,
        scopes=application.scopes.split(),
        requires_pushed_requests=(
            application.requires_pushed_requests if requires_pushed_requests is None else requires_pushed_requests
        ),
    )
    raise_if_any(problems)
    after = _details_of(application)
    changed = [field for field in after if after[field] != before[field]]
    with transaction.atomic():
        application.save(update_fields=[*after, "updated"])
        record("application.changed", actor=actor, target=application, details={"fields": changed})
        announce_change()


def delete_application(application: Application, *, actor: Actor) -> None:
    """Remove the application with its secrets, codes and refresh tokens. Its access tokens are refused from now on."""
    with transaction.atomic():
        record("application.deleted", actor=actor, target=application)
        application.delete()
        announce_change()


def _set_details(
    application: Application,
    *,
    name: str,
    redirect_uris: Iterable[str],
    post_logout_redirect_uris: Iterable[str],
    user_flow: UserFlow | None,
    requires_pkce: bool,
    scopes: Iterable[str],
    requires_pushed_requests: bool,
) -> Problems:
    """Check what was asked for and, if nothing is wrong with it, set it on the row, unsaved."""
    name, kind = name.strip(), application.kind
    uris, return_uris, scopes = _unique(redirect_uris), _unique(post_logout_redirect_uris), _unique(scopes)
    is_service = kind == Application.Kind.SERVICE
    problems: Problems = {
        "name": "" if 0 < len(name) <= MAX_NAME_LENGTH else f"Enter a name of 1 to {MAX_NAME_LENGTH} characters.",
        "redirect_uris": _uris_problems(uris, redirect_uri_problem, application),
        "post_logout_redirect_uris": _uris_problems(return_uris, post_logout_redirect_uri_problem, application),
        "user_flow": "Nobody signs in to a service, so it has no user flow." if is_service and user_flow else "",
        "requires_pkce": pkce_problem(requires_pkce=requires_pkce, kind=kind),
        "requires_pushed_requests": "Nobody signs in to a service." if is_service and requires_pushed_requests else "",
        "scopes": _scopes_problems(scopes),
    }
    if any(problems.values()):
        return problems
    application.name = name
    application.redirect_uris, application.post_logout_redirect_uris = " ".join(uris), " ".join(return_uris)
    application.user_flow = None if is_service else user_flow or UserFlow.objects.get(is_default=True)
    application.requires_pkce, application.scopes = requires_pkce, " ".join(scopes)
    application.requires_pushed_requests = requires_pushed_requests
    return {}


def _details_of(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "redirect_uris": application.redirect_uris,
        "post_logout_redirect_uris": application.post_logout_redirect_uris,
        "user_flow": application.user_flow,
        "requires_pushed_requests": application.requires_pushed_requests,
        "requires_pkce": application.requires_pkce,
    }


def _uris_problems(uris: list[str], problem_of: Callable[..., str], application: Application) -> list[str]:
    if uris and application.kind == Application.Kind.SERVICE:
        return ["Nobody is sent back to a service; leave the URIs out."]
    problems = [f"{uri}: {problem}" for uri in uris if (problem := problem_of(uri, kind=application.kind))]
    if len(uris) > MAX_REDIRECT_URIS:
        problems.append(f"An application can have {MAX_REDIRECT_URIS} URIs at most.")
    return problems


def _scopes_problems(scopes: list[str]) -> list[str]:
    problems = [problem for scope in scopes if (problem := scope_problem(scope))]
    return problems if len(scopes) <= MAX_SCOPES else [*problems, f"At most {MAX_SCOPES} scopes."]


def _unique(words: Iterable[str]) -> list[str]:
    """The words in their order, each once, without empty ones."""
    return list(dict.fromkeys(word for word in (word.strip(" \t\r\n") for word in words) if word))
