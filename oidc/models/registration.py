"""Dynamic client registration: whether it is on, who may register, and which applications came that way."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Now

from applications.models import Application


class RegistrationSwitch(models.Model):
    """Whether applications may register themselves. One row, or none while they may not."""

    ONLY_ROW = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY_ROW)
    is_on = models.BooleanField(default=False)
    # Whether that takes no initial access token.
    is_open = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="oidc_registrationswitch_one_row")]

    def __str__(self) -> str:
        return "off" if not self.is_on else "open" if self.is_open else "on"

    @classmethod
    def registers(cls) -> bool:
        """Whether dynamic registration is on in the tenant being served."""
        return cls.objects.filter(is_on=True).exists()

    @classmethod
    def lets_anyone(cls) -> bool:
        """Whether in this tenant anyone may register, without an initial access token."""
        return cls.objects.filter(is_on=True, is_open=True).exists()


class InitialAccessTokenQuerySet(models.QuerySet["InitialAccessToken"]):
    def usable(self, *, now: datetime) -> Self:
        """Those that would let one more application register."""
        return self.filter(revoked_at=None, expires_at__gt=now, registrations__lt=models.F("max_registrations"))


class InitialAccessToken(models.Model):
    """By which applications register themselves (RFC 7591 section 1.2): a digest, never the value."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    description = models.CharField(max_length=128)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    max_registrations = models.PositiveSmallIntegerField()
    registrations = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InitialAccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.description


class DynamicRegistration(models.Model):
    """An application that registered itself: the digest of the token by which it manages its registration."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64)
    initial_access_token = models.ForeignKey(
        InitialAccessToken, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.application)
