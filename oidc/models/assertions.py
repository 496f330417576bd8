from django.db import models


class UsedAssertion(models.Model):
    """A client's assertion that was accepted: the digest of client and `jti`, kept while it could come again."""

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
