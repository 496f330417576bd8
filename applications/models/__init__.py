"""The rows about applications, a file for each matter."""

from applications.models.apis import ApiScope
from applications.models.appearance import ApplicationLogo
from applications.models.application import Application
from applications.models.claims import ClaimRule
from applications.models.credentials import ClientSecret
from applications.models.deletion import DeletedApplication
from applications.models.permissions import RolePermission, ScopePermission
from applications.models.roles import AppRole, RoleAssignment

__all__ = [
    "ApiScope",
    "AppRole",
    "Application",
    "ApplicationLogo",
    "ClaimRule",
    "ClientSecret",
    "DeletedApplication",
    "RoleAssignment",
    "RolePermission",
    "ScopePermission",
]
