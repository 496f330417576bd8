"""How an application proves who it is: by client secrets or a key pair."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from applications.errors import KeepsNoSecrets, TooManySecrets, UsesKeyPair
from applications.models import Application, ClientSecret
from applications.models.secret_values import HINT_LENGTH, digest_of_secret, new_secret_value
from applications.policies.credentials import authentication_problems, secret_lifetime_problem
from applications.policies.public_keys import read_key_set
from applications.services.changes import Problems, announce_change, raise_if_any
from audit.services import Actor, record

MAX_DESCRIPTION_LENGTH = 128
MAX_SECRETS = 20


def change_authentication(
    application: Application, *, auth_method: str, jwks: str = "", jwks_uri: str = "", actor: Actor
) -> None:
    """Change how the application proves who it is. Client secrets stay, and count again once it is back to secrets.

    Raises `ValidationError` keyed by argument.
    """
    before = application.auth_method
    raise_if_any(_set_authentication(application, auth_method=auth_method, jwks=jwks, jwks_uri=jwks_uri))
    with transaction.atomic():
        application.save(update_fields=["auth_method", "jwks", "jwks_uri", "updated"])
        details = {"from": before, "to": auth_method, "keys": "jwks_uri" if jwks_uri else "jwks" if jwks else ""}
        record("application.authentication_changed", actor=actor, target=application, details=details)
        announce_change()


def create_client_secret(
    application: Application, *, description: str, expires_at: datetime, actor: Actor
) -> tuple[ClientSecret, str]:
    """Make another secret beside those there are; its value, returned here, is never shown again.

    Raises `ValidationError` for `description` or `expires_at`, `KeepsNoSecrets`, `UsesKeyPair` or `TooManySecrets`.
    """
    if application.is_public:
        raise KeepsNoSecrets
    if application.uses_key_pair:
        raise UsesKeyPair
    problems: Problems = {
        "description": "" if len(description) <= MAX_DESCRIPTION_LENGTH else "Use at most 128 characters.",
        "expires_at": secret_lifetime_problem(expires_at, now=timezone.now()),
    }
    raise_if_any(problems)
    value = new_secret_value()
    secret = ClientSecret(
        application=application,
        description=description.strip(),
        digest=digest_of_secret(value, client_id=application.client_id),
        hint=value[:HINT_LENGTH],
        expires_at=expires_at,
    )
    with transaction.atomic():
        # The lock makes whoever comes at the same moment count this one too.
        Application.objects.select_for_update().get(pk=application.pk)
        if application.secrets.count() >= MAX_SECRETS:
            raise TooManySecrets(MAX_SECRETS)
        secret.save(force_insert=True)
        _record_about_secret("application.secret_created", secret, actor)
        announce_change()
    return secret, value


def delete_client_secret(secret: ClientSecret, *, actor: Actor) -> None:
    """Take a secret out of use at once."""
    with transaction.atomic():
        _record_about_secret("application.secret_deleted", secret, actor)
        secret.delete()
        announce_change()


def _set_authentication(application: Application, *, auth_method: str | None, jwks: str, jwks_uri: str) -> Problems:
    """Check how the application shall prove who it is and, if nothing is wrong with it, set it on the row, unsaved."""
    jwks, jwks_uri = jwks.strip(), jwks_uri.strip()
    default = Application.AuthMethod.NONE if application.is_public else Application.AuthMethod.BASIC
    auth_method = auth_method or default
    problems = authentication_problems(auth_method, jwks=jwks, jwks_uri=jwks_uri, is_public=application.is_public)
    if any(problems.values()):
        return problems
    application.auth_method = auth_method
    application.jwks, application.jwks_uri = read_key_set(jwks) if jwks else "", jwks_uri
    return {}


def _record_about_secret(action: str, secret: ClientSecret, actor: Actor) -> None:
    record(action, actor=actor, target=secret.application, details={"secret": str(secret.pk), "hint": secret.hint})
