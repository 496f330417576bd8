"""What an application may ask of the tenant's APIs."""

from django.db import models

from applications.models.apis import ApiScope
from applications.models.roles import AppRole


class ScopePermission(models.Model):
    """A scope of an API that an application may ask for. With `granted_at` it is granted for every customer."""

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, db_index=False, related_name="scope_permissions"
    )
    scope = models.ForeignKey(ApiScope, on_delete=models.CASCADE, db_index=False, related_name="+")
    granted_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "scope"], name="applications_scopepermission_once")
        ]

    def __str__(self) -> str:
        return str(self.scope)


class RolePermission(models.Model):
    """A role of an API that an application has when it acts for itself, without a customer."""

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, db_index=False, related_name="role_permissions"
    )
    role = models.ForeignKey(AppRole, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "role"], name="applications_rolepermission_once")]

    def __str__(self) -> str:
        return str(self.role)
