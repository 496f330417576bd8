"""Page layouts as they were published, and their drafts."""

from typing import Any, Self

from django.db import models

from common.database.published import PublishedValue


class LayoutVersionQuerySet(models.QuerySet[Any]):
    """Page layouts of user flows: drafts, what is scheduled, and what was published."""

    def drafts(self) -> Self:
        """What administrators have changed and customers don't see yet; one of each flow at most."""
        return self.filter(number=None, due_at=None)

    def scheduled(self) -> Self:
        """What waits to be published; one of each flow at most."""
        return self.filter(number=None, due_at__isnull=False)

    def published(self) -> Self:
        """What customers see, and saw before: the newest first."""
        return self.filter(number__isnull=False)


class LayoutVersion(PublishedValue):
    """The page layout of a user flow as it was published, scheduled or drafted.

    `content` is what `userflows.flows.layouts.content` writes, `changes` are the names of the attributes that are asked
    for in another way than before. What customers see are the rows of the flow (`FlowAttribute`): the newest version
    says the same.
    """

    user_flow = models.ForeignKey(
        "userflows.UserFlow", on_delete=models.CASCADE, db_index=False, related_name="layouts"
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = LayoutVersionQuerySet.as_manager()

    class Meta(PublishedValue.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user_flow", "number"], name="userflows_layoutversion_number"),
            models.UniqueConstraint(
                fields=["user_flow"],
                condition=models.Q(number__isnull=True, due_at__isnull=True),
                name="userflows_layoutversion_one_draft",
            ),
            models.UniqueConstraint(
                fields=["user_flow"],
                condition=models.Q(number__isnull=True, due_at__isnull=False),
                name="userflows_layoutversion_one_scheduled",
            ),
        ]

    def __str__(self) -> str:
        return f"page layout of {self.user_flow}"
