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
    checks_breaches = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_passwordsettings_one")]

    def __str__(self) -> str:
        return "password settings"


class UncheckedPassword(models.Model):
    """A password that was chosen while nobody could say whether it is known from a breach: what it is asked by, sealed.

    It goes as soon as somebody could, or with the password, and within a day.
    """

    account = models.OneToOneField(
        "accounts.Account", on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    sealed_digest = models.TextField()
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"unchecked password of {self.account_id}"


class FormerPassword(models.Model):
    """A password that the account had, as its hash: the last few, so that none of them is chosen again."""

    account = models.ForeignKey(
        "accounts.Account", on_delete=models.DO_NOTHING, db_constraint=False, related_name="former_passwords"
    )
    encoded = models.CharField(max_length=256)
    until = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"former password of {self.account_id}"
