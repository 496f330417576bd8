"""The rows about passwords beside an account's own: what they have to be like, and which ones it had."""

from django.db import models
from django.db.models.functions import Now


class PasswordSettings(models.Model):
    """What new passwords of this tenant have to be like; without a row, as `accounts.credentials.rules` says."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    min_length = models.PositiveSmallIntegerField()
    refuses_common = models.BooleanField()
    refuses_patterns = models.BooleanField()
    refuses_names = models.BooleanField()
    blocked_words = models.JSONField(default=list)
    character_kinds = models.PositiveSmallIntegerField()
    history = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_passwordsettings_one")]

    def __str__(self) -> str:
        return "password settings"


class FormerPassword(models.Model):
    """A password that the account had, as its hash: the last few, so that none of them is chosen again."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="former_passwords"
    )
    encoded = models.CharField(max_length=256)
    until = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"former password of {self.account_id}"
