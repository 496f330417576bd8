"""Codes and links by mail."""

from django.db import models


class OneTimeCode(models.Model):
    """The code sent for one journey: its keyed digest, never the code. A resend replaces it.

    A link that was mailed with it is the same ticket: whichever comes first uses it up.
    """

    journey_id = models.UUIDField(primary_key=True)
    digest = models.CharField(max_length=64)
    # Of the token in the link; "" if the mail has none.
    link_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    wrong_tries = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code of journey {self.journey_id}"
