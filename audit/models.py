from datetime import datetime
from functools import reduce
from operator import and_
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

NEWEST_FIRST = ("-at", "-id")
MAX_NAME = 320
# Between the methods of one sign-in, in `method`.
TOGETHER = "+"


class Category(models.TextChoices):
    """Who acted: a customer or an application; or an administrator, a command or the product itself."""

    ACTIVITY = "activity", _("Activity")
    ADMINISTRATION = "administration", _("Administration")


class Result(models.TextChoices):
    SUCCESS = "success", _("Success")
    FAILURE = "failure", _("Failure")


# Most events are one of these, of which each has one result: any page of the log has some.
USUAL = {
    "customer.signed_in": Result.SUCCESS,
    "customer.sign_in_failed": Result.FAILURE,
    "customer.signed_out": Result.SUCCESS,
}
# Each apart: PostgreSQL writes a list out another way once a copy of the index was made of its own words.
UNUSUAL = reduce(and_, (~models.Q(action=action) for action in USUAL))
# What signs most customers in by itself, so that some is on any page as well.
USUAL_METHODS = ("password", "code")
UNUSUAL_METHOD = reduce(and_, (~models.Q(method=method) for method in ("", *USUAL_METHODS)))


class AbstractEvent(models.Model):
    """One recorded fact in the past tense, such as `customer.signed_in`.

    Names are kept as they were known then. `reason` is a code of `audit.reasons`, empty for a success. `ip`, `browser`
    and `request_id` tell of the request it happened in; they are empty for a command or a job.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=64)
    result = models.CharField(max_length=8, choices=Result, default=Result.SUCCESS)
    reason = models.CharField(max_length=32, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=MAX_NAME, blank=True)
    target_kind = models.CharField(max_length=32, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_name = models.CharField(max_length=MAX_NAME, blank=True)
    ip = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=64, blank=True)
    request_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.action} {self.target_name}"


class EventQuerySet(models.QuerySet["Event"]):
    """Each question has its index, in the order in which answers are read; join no more than one with a window."""

    def activity(self) -> Self:
        """What customers and applications did, sign-ins among it."""
        return self.filter(category=Category.ACTIVITY)

    def administration(self) -> Self:
        """What administrators, commands and the product itself did."""
        return self.filter(category=Category.ADMINISTRATION)

    def of_account(self, account_id: UUID) -> Self:
        """Everything that an account's owner did, or that was done to it."""
        return self.filter(account_id=account_id)

    def failures(self) -> Self:
        """What was refused or went wrong."""
        return self.filter(result=Result.FAILURE)

    def since(self, at: datetime) -> Self:
        """Not before this time."""
        return self.filter(at__gte=at)

    def newest_first(self) -> Self:
        """In the order of the log, which every index has."""
        return self.order_by(*NEWEST_FIRST)


class Event(AbstractEvent):
    """An event in one tenant.

    `account_id`: whom it concerns, as the actor or the one acted on; `client_id`: which application, in its protocol
    role; `user_flow`: the name of the flow; `step`: on which page of it something was refused; `method`: how somebody
    proved who they are, such as `password`, joined by `TOGETHER` where it took several; `journey_id`: on which way
    through the flow.
    """

    category = models.CharField(max_length=16, choices=Category)
    account_id = models.UUIDField(null=True)
    client_id = models.CharField(max_length=100, blank=True)
    application = models.CharField(max_length=MAX_NAME, blank=True)
    user_flow = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=32, blank=True, db_default="")
    # As many as were shown for one sign-in, an identity provider's with its ID among them.
    method = models.TextField(blank=True)
    journey_id = models.UUIDField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        # What each costs and answers was measured: docs/decisions/0015-events-in-columns.md.
        indexes = [
            models.Index(fields=["category", *NEWEST_FIRST], name="audit_event_category"),
            models.Index(
                fields=["account_id", *NEWEST_FIRST],
                condition=models.Q(account_id__isnull=False),
                name="audit_event_account",
            ),
            models.Index(
                fields=["client_id", *NEWEST_FIRST], condition=~models.Q(client_id=""), name="audit_event_app"
            ),
            models.Index(fields=["ip", *NEWEST_FIRST], condition=models.Q(ip__isnull=False), name="audit_event_ip"),
            models.Index(
                fields=["request_id"], condition=models.Q(request_id__isnull=False), name="audit_event_request"
            ),
            # Addresses that have no account, in whatever case somebody typed them.
            models.Index(
                Upper("actor_name"),
                models.F("at").desc(),
                models.F("id").desc(),
                condition=models.Q(account_id__isnull=True, actor_kind="customer"),
                name="audit_event_unknown",
            ),
            models.Index(
                fields=["actor_id", *NEWEST_FIRST],
                condition=models.Q(actor_kind="administrator"),
                name="audit_event_administrator",
            ),
            models.Index(
                Upper("actor_name"),
                models.F("at").desc(),
                models.F("id").desc(),
                condition=models.Q(actor_kind="administrator"),
                name="audit_event_admin_name",
            ),
            models.Index(fields=["user_flow", *NEWEST_FIRST], name="audit_event_flow"),
            models.Index(
                fields=["journey_id"], condition=models.Q(journey_id__isnull=False), name="audit_event_journey"
            ),
            # Of failures and of what is no sign-in alone: a sign-in writes nothing here.
            models.Index(
                fields=["reason", *NEWEST_FIRST], condition=models.Q(result=Result.FAILURE), name="audit_event_reason"
            ),
            models.Index(fields=["step", *NEWEST_FIRST], condition=~models.Q(step=""), name="audit_event_step"),
            models.Index(fields=["action", *NEWEST_FIRST], condition=UNUSUAL, name="audit_event_action"),
            models.Index(fields=["method", *NEWEST_FIRST], condition=UNUSUAL_METHOD, name="audit_event_method"),
        ]
