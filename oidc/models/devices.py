from datetime import datetime
from typing import Self

from django.db import models
from oauth2_provider.models import AbstractDeviceGrant

from applications.models import Application


class DeviceGrantQuerySet(models.QuerySet["DeviceGrant"]):
    def waiting(self, *, now: datetime) -> Self:
        """Those about which somebody may still decide."""
        return self.filter(status=DeviceGrant.AUTHORIZATION_PENDING, expires__gt=now)


class DeviceGrant(AbstractDeviceGrant):
    """A device that waits for a customer's decision (RFC 8628), with the digest of its code in `device_code`.

    Once a customer has said yes, an authorization code stands for it, which knows everything else. `last_checked` is
    when it asked last, `is_early` whether that was before its `interval`, in seconds, had passed.
    """

    user = None
    client_id = None
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    # The identifiers of the APIs that its tokens shall be for.
    apis = models.JSONField(default=list)
    last_checked = models.DateTimeField(null=True)
    is_early = models.BooleanField(default=False)

    objects = DeviceGrantQuerySet.as_manager()

    class Meta(AbstractDeviceGrant.Meta):
        constraints = [
            *AbstractDeviceGrant.Meta.constraints,
            models.UniqueConstraint(fields=["user_code"], name="oidc_devicegrant_user_code"),
        ]
