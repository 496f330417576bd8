"""How an application proves who it is: by client secrets or a key pair."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application, ClientSecret
from applications.models.secret_values import HINT_LENGTH, digest_of_secret, new_secret_value
from applications.policies.credentials import secret_lifetime_problem
from applications.services.changes import record_change
from audit.services import Actor
from common.problems import Code, Problem, Refused, refuse_if_any, wrong

MAX_DESCRIPTION_LENGTH = 128
MAX_SECRETS = 20


def create_client_secret(
    application: Application, *, description: str, expires_at: datetime, actor: Actor
) -> tuple[ClientSecret, str]:
    """Make another secret beside those there are; its value, returned here, is never shown again.

    Raises `Refused`, also if the application can't use one, or has as many as it may have.
    """
    refuse_if_any(_use_problems(application))
    too_long = (
        ""
        if len(description) <= MAX_DESCRIPTION_LENGTH
        else _("Use at most %(longest)d characters.") % {"longest": MAX_DESCRIPTION_LENGTH}
    )
    refuse_if_any(
        wrong(Code.TOO_LONG, "description", too_long)
        + wrong(Code.OUT_OF_RANGE, "expires_at", secret_lifetime_problem(expires_at, now=timezone.now()))
    )
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
            sentence = _("An application can have %(most)d client secrets at most. Delete one that is out of use.") % {
                "most": MAX_SECRETS
            }
            raise Refused([Problem(Code.TOO_MANY, "", sentence)])
        secret.save(force_insert=True)
        _record_about_secret("application.secret_created", secret, actor)
    return secret, value


def delete_client_secret(secret: ClientSecret, *, actor: Actor) -> None:
    """Delete a secret: it is out of use at once."""
    with transaction.atomic():
        _record_about_secret("application.secret_deleted", secret, actor)
        secret.delete()


def _use_problems(application: Application) -> list[Problem]:
    """Whether a secret would open anything."""
    if application.is_public:
        return wrong(Code.NOT_ALLOWED, "", _("This kind of application can’t keep a secret; it uses PKCE instead."))
    sentence = _("This application authenticates without a secret. Change that first, then create one.")
    return wrong(Code.NOT_ALLOWED, "", "" if application.uses_secret else sentence)


def _record_about_secret(action: str, secret: ClientSecret, actor: Actor) -> None:
    record_change(action, secret.application, actor=actor, details={"secret": str(secret.pk), "hint": secret.hint})
