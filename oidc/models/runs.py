import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Now

from applications.models import Application
from oidc.lifetimes import RUN_KEPT_FOR
from userflows.models import UserFlow


class FlowRunQuerySet(models.QuerySet["FlowRun"]):
    def open(self) -> Self:
        """Those that may still be answered."""
        return self.filter(answered_at=None, expires_at__gt=Now())

    def kept(self) -> Self:
        """Those that may still be looked at."""
        return self.filter(expires_at__gte=Now() - RUN_KEPT_FOR)

    def over(self) -> Self:
        """Those whose time to be looked at has passed."""
        return self.filter(expires_at__lt=Now() - RUN_KEPT_FOR)

    def of(self, *, administrator_id: uuid.UUID, session_digest: str) -> Self:
        """Those that this administrator began in this browser."""
        return self.filter(administrator_id=administrator_id, session_digest=session_digest)


class FlowRun(models.Model):
    """A user flow run by an administrator for an application: the request they sent off, and what came back.

    It belongs to one administrator in one browser: their account, and a digest of the name of their session. While it
    is open, the issuer answers the very request with this digest at an address of the portal, and no other request. It
    goes through `user_flow`, whichever one the application has; None, as rows of 0.1.0 have it, stands for that one.
    `sealed` holds the request with its PKCE verifier, later what came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_index=False, related_name="+")
    user_flow = models.ForeignKey(UserFlow, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    administrator_id = models.UUIDField()
    session_digest = models.CharField(max_length=64)
    state_digest = models.CharField(max_length=64, unique=True)
    request_digest = models.CharField(max_length=64)
    sealed = models.TextField()
    begun_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = FlowRunQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
