"""Which ways to get tokens an application may use beside those of its kind: off until somebody turns them on."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from applications.models import Application
from audit.services import Actor, record
from common.caches import announce

# By setting: which kinds of application may have it, and what is said to the others.
KINDS = {
    "allows_device_grant": frozenset({Application.Kind.NATIVE, Application.Kind.WEB}),
    "allows_token_exchange": frozenset({Application.Kind.WEB, Application.Kind.SERVICE}),
}
PROBLEMS = {
    "allows_device_grant": "Only a native or a web application signs customers in on another device.",
    "allows_token_exchange": "Only an application that proves who it is can exchange tokens.",
}


def change_grants(
    application: Application,
    *,
    allows_device_grant: bool | None = None,
    allows_token_exchange: bool | None = None,
    actor: Actor,
) -> None:
    """Let the application use the device grant (RFC 8628) and token exchange (RFC 8693), or no longer.

    What isn't given stays as it is. Tokens that were issued stay good. Raises `ValidationError` keyed by argument.
    """
    asked = {"allows_device_grant": allows_device_grant, "allows_token_exchange": allows_token_exchange}
    chosen = {name: value for name, value in asked.items() if value is not None}
    problems = {name: PROBLEMS[name] for name, value in chosen.items() if value and application.kind not in KINDS[name]}
    if problems:
        raise ValidationError(problems)
    changed = [name for name, value in chosen.items() if getattr(application, name) != value]
    for name, value in chosen.items():
        setattr(application, name, value)
    with transaction.atomic():
        application.save(update_fields=[*chosen, "updated"])
        record("application.grants_changed", actor=actor, target=application, details={"fields": changed})
        announce(connection.schema_name)  # type: ignore[attr-defined]
