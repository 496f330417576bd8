import uuid
from typing import Self

from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.text.languages import ENGLISH


class Kind(models.TextChoices):
    """What a bulk operation does. All but the first are actions on a selection."""

    IMPORT = "import", _("Import")
    BLOCK = "block", _("Block")
    UNBLOCK = "unblock", _("Unblock")
    UNLOCK = "unlock", _("Lift lockouts")
    END_SESSIONS = "end_sessions", _("End sessions")
    REQUIRE_PASSWORD = "require_password", _("Require a new password")
    SEND_LINK = "send_link", _("Send a link to a new password")
    REMOVE_PASSWORD = "remove_password", _("Remove passwords")
    REMOVE_FACTORS = "remove_factors", _("Remove second factors")
    INVITE_AGAIN = "invite_again", _("Invite again")
    WITHDRAW_INVITATION = "withdraw_invitation", _("Withdraw invitations")
    DELETE = "delete", _("Delete")
    CANCEL_DELETION = "cancel_deletion", _("Keep accounts")
    RESTORE = "restore", _("Restore")
    PURGE = "purge", _("Delete permanently")
    ADD_TO_GROUP = "add_to_group", _("Add to a group")
    REMOVE_FROM_GROUP = "remove_from_group", _("Remove from a group")


class State(models.TextChoices):
    """How an operation stands. An import goes through all of them, an action begins by running."""

    UPLOADING = "uploading", _("Uploading")
    UPLOADED = "uploaded", _("Waiting for you")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


AT_WORK = (State.CHECKING, State.RUNNING)
ENDED = (State.DONE, State.CANCELLED, State.FAILED)


class OperationQuerySet(models.QuerySet["Operation"]):
    def imports(self) -> Self:
        """Those that bring customers in."""
        return self.filter(kind=Kind.IMPORT)

    def actions(self) -> Self:
        """Those that do something to customers who are there."""
        return self.exclude(kind=Kind.IMPORT)

    def open(self) -> Self:
        """Those that haven't ended."""
        return self.exclude(state__in=ENDED)


class Operation(models.Model):
    """A bulk operation: what was asked for, by whom, and how far it has come.

    Of the phase it is in, `position` says where the next chunk begins: at which byte of the file, behind which line, or
    behind which customer. `chain` numbers the chains of jobs that were begun for it: only the last one works on.
    `chosen` is what whoever began it has chosen, `problems` says how often each thing was wrong, as [sentence, number].
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32, choices=Kind)
    state = models.CharField(max_length=16, choices=State)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=256, blank=True)
    chosen = models.JSONField(default=dict)
    chain = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    line = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    problem = models.CharField(max_length=300, blank=True)
    undoes = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    moved_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = OperationQuerySet.as_manager()

    def __str__(self) -> str:
        # In English: it is written into events.
        with translation.override(ENGLISH):
            return f"{self.get_kind_display()} {self.subject}".strip()

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in AT_WORK

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class Piece(models.Model):
    """A piece of an uploaded file, as it came. All but the last are equally long (`imports.pieces`)."""

    pk = models.CompositePrimaryKey("operation_id", "number")
    operation_id = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"piece {self.number} of {self.operation_id}"


class StagedRow(models.Model):
    """A line of a file, read and judged: the account it would make, or what is wrong with it.

    `line` counts lines from 1, and of a JSON list its entries, as several may stand on one line.
    `account_id` is the ID that a new account would get, `standing` says that one `exists` already. `columns` are
    values of built-in attributes by column, `custom` those of the tenant's own. `source` has what stood on the line,
    but for the password hash.
    """

    pk = models.CompositePrimaryKey("operation_id", "line")
    operation_id = models.UUIDField()
    line = models.PositiveIntegerField()
    account_id = models.UUIDField(null=True)
    email = models.CharField(max_length=254, blank=True)
    canonical_email = models.CharField(max_length=254, blank=True)
    email_verified = models.BooleanField(default=False)
    password = models.CharField(max_length=128, blank=True)
    language = models.CharField(max_length=16, blank=True)
    columns = models.JSONField(default=dict)
    custom = models.JSONField(default=dict)
    standing = models.CharField(max_length=8, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    source = models.JSONField(default=dict)
    # Values that one customer has alone, by the names of attributes, in the form in which they are compared.
    unique_values = models.JSONField(db_default=Value({}, models.JSONField()))
    # The columns of the entry by which the customer will be found (`accounts.finding`).
    entry = models.JSONField(db_default=Value({}, models.JSONField()))

    class Meta:
        indexes = [
            models.Index(fields=["operation_id", "canonical_email"], name="bulk_stagedrow_email"),
            models.Index(
                "operation_id",
                KeyTextTransform("user_name", "columns"),
                condition=models.Q(columns__has_key="user_name"),
                name="bulk_stagedrow_user_name",
            ),
            models.Index(
                fields=["operation_id", "line"], condition=~models.Q(problem=""), name="bulk_stagedrow_problems"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.operation_id}"


# Spelled so that a dump has it as the database has it: of what an `IN` is made, both write something else.
TOUCHED = models.Q(outcome="changed") | models.Q(outcome="updated")


class ItemQuerySet(models.QuerySet["Item"]):
    def touched_by(self, operation: Operation) -> Self:
        """Those to whom the operation has done something."""
        return self.filter(TOUCHED, operation_id=operation.pk)


class Item(models.Model):
    """A customer in an operation, and what became of them there. Chosen before the first one is touched."""

    class Outcome(models.TextChoices):
        WAITING = "", "Waiting"
        CHANGED = "changed", _("Done")
        UPDATED = "updated", "Updated by an import"
        UNCHANGED = "unchanged", "Already so"
        FAILED = "failed", _("Failed")

    pk = models.CompositePrimaryKey("operation_id", "number")
    operation_id = models.UUIDField()
    number = models.BigIntegerField()
    account_id = models.UUIDField(null=True)
    # What somebody wrote to name them, where no customer was found by it.
    named = models.CharField(max_length=254, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["operation_id", "number"],
                condition=models.Q(outcome="failed"),
                name="bulk_item_failed",
            ),
            # Whether something was done to this one customer, of a million.
            models.Index(
                fields=["operation_id", "account_id"],
                condition=TOUCHED,
                name="bulk_item_touched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id or self.named} in {self.operation_id}"


class KeptMapping(models.Model):
    """What a column of an imported file was taken for, so that the next file of this kind is read likewise."""

    heading = models.CharField(max_length=128, primary_key=True)
    target = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.heading}: {self.target}"
