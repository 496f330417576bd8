"""How an application's tokens are made."""

from dataclasses import asdict

from django.db import transaction

from applications.models import Application
from applications.policies.tokens import TokenSettings, settings_problems
from applications.services.changes import announce_change, raise_if_any
from audit.services import Actor, record


def change_token_settings(application: Application, settings: TokenSettings, *, actor: Actor) -> None:
    """Change how its tokens are made, from the next one on. Raises `ValidationError` keyed by the settings' names."""
    raise_if_any(dict(settings_problems(settings)))
    before, after = asdict(application.token_settings), asdict(settings)
    for name, value in after.items():
        setattr(application, name, value)
    with transaction.atomic():
        application.save(update_fields=[*after, "updated"])
        changed = [name for name in after if after[name] != before[name]]
        record("application.token_settings_changed", actor=actor, target=application, details={"fields": changed})
        announce_change()
