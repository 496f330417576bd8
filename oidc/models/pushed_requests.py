from django.db import models

from applications.models import Application


class PushedRequest(models.Model):
    """An authorization request that a client has sent ahead (RFC 9126), or a browser by POST, under a digest.

    `journey_id` is set when it is used, and names the journey that may come of it. The client's key is not checked by
    the database, as with `Grant`.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    parameters = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    journey_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.digest
