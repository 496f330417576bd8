"""Where an application hears that a customer has signed out."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from applications.models import Application
from applications.policies.redirect_uris import LOOPBACK_HOSTS, origin_of, redirect_uri_problem
from applications.services.changes import announce_change, raise_if_any
from audit.services import Actor, record
from common.outgoing import url_problem

FIELDS = (
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
)


def set_sign_out_addresses(
    application: Application,
    *,
    backchannel_logout_uri: str = "",
    backchannel_logout_session_required: bool = True,
    frontchannel_logout_uri: str = "",
    frontchannel_logout_session_required: bool = True,
    actor: Actor,
) -> None:
    """Choose where the application is told of sign-outs; "" for nowhere. Raises `ValidationError` keyed by argument.

    One that requires sessions is told of each by its ID; another one, of a customer's sign-out everywhere once, and
    through the browser without any ID.
    """
    back, front = backchannel_logout_uri.strip(), frontchannel_logout_uri.strip()
    problems = {
        "backchannel_logout_uri": _backchannel_problem(back, application) if back else "",
        "frontchannel_logout_uri": _frontchannel_problem(front, application) if front else "",
    }
    raise_if_any(problems)
    chosen = (back, backchannel_logout_session_required, front, frontchannel_logout_session_required)
    changed = [field for field, value in zip(FIELDS, chosen, strict=True) if getattr(application, field) != value]
    for field, value in zip(FIELDS, chosen, strict=True):
        setattr(application, field, value)
    with transaction.atomic():
        application.save(update_fields=[*FIELDS, "updated"])
        record("application.changed", actor=actor, target=application, details={"fields": changed})
        announce_change()


def _backchannel_problem(uri: str, application: Application) -> str:
    """OpenID Connect Back-Channel Logout section 2.2, and what this server may call at all."""
    if application.kind == Application.Kind.SERVICE:
        return "Nobody signs in to a service, so nobody signs out of it."
    return redirect_uri_problem(uri, kind=Application.Kind.WEB) or _unreachable_problem(uri)


def _unreachable_problem(uri: str) -> str:
    if not settings.IS_LOCAL and urlsplit(uri).hostname in LOOPBACK_HOSTS:
        return "This server calls the address itself, so it can't be one on your own computer."
    return url_problem(uri)


def _frontchannel_problem(uri: str, application: Application) -> str:
    """OpenID Connect Front-Channel Logout section 2: at an origin to which customers return anyway."""
    if application.kind == Application.Kind.SERVICE:
        return "Nobody signs in to a service, so nobody signs out of it."
    problem = redirect_uri_problem(uri, kind=Application.Kind.WEB)
    if problem:
        return problem
    if origin_of(uri) not in {origin_of(registered) for registered in application.redirect_uri_list}:
        return "Use the scheme, host and port of one of the application's redirect URIs."
    return ""
