from django.db import models


class TenantSize(models.Model):
    """How large and how busy a tenant is, as of `counted_at`. `recent` are the last 30 days that were closed.

    It goes with its tenant, when the worker counts next.
    """

    tenant_id = models.UUIDField(primary_key=True)
    customers = models.BigIntegerField(default=0)
    active = models.BigIntegerField(default=0)
    recent_sign_ups = models.BigIntegerField(default=0)
    recent_sign_ins = models.BigIntegerField(default=0)
    recent_failures = models.BigIntegerField(default=0)
    undelivered = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customers} customers of {self.tenant_id}"
