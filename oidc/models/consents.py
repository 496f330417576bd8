from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from applications.models import Application


class Consent(models.Model):
    """What a customer allows an application, beyond what an administrator has granted for all of them.

    `scopes` holds standard scopes by their names and scopes of APIs by their keys, which outlive a change of name. The
    keys of account and application are not checked by the database, as with `Grant`.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    scopes = models.JSONField(default=list)
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "application"], name="oidc_consent_once")]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.application_id}"
