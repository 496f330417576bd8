"""Days of acme's that have passed, with what happened in them, as of a moment that is always the same."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from accounts.models import Account
from applications.models import Application
from audit.models import Category, Event, Result
from userflows.models import Journey, UserFlow

NOW = datetime(2025, 6, 18, 15, 30, tzinfo=UTC)
TODAY = NOW.date()
TWO_DAYS_AGO = TODAY - timedelta(days=2)
YESTERDAY = TODAY - timedelta(days=1)


def at(days_ago: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in UTC, so many days before today."""
    return datetime.combine(TODAY - timedelta(days=days_ago), time(hour, minute), tzinfo=UTC)


def happened(action: str, moment: datetime, account: Account | None = None, **columns: Any) -> Event:
    """An event of a customer's at that moment. With a `reason` it is one of something refused."""
    return Event.objects.create(
        action=action,
        at=moment,
        category=Category.ACTIVITY,
        result=Result.FAILURE if columns.get("reason") else Result.SUCCESS,
        actor_kind="customer",
        account_id=account.pk if account else None,
        **columns,
    )


def signed_in(
    account: Account, moment: datetime, application: Application | None = None, *, method: str = "password"
) -> Event:
    client_id = application.client_id if application else ""
    return happened("customer.signed_in", moment, account, method=method, client_id=client_id)


def failed(moment: datetime, reason: str, account: Account | None = None, **columns: Any) -> Event:
    return happened("customer.sign_in_failed", moment, account, reason=reason, **columns)


def journey(begun: datetime, *, seconds: int | None = None, purpose: str = "sign_up", **columns: Any) -> Journey:
    """A journey through the default flow; `seconds` after its beginning it came to its end, or never."""
    made = Journey.objects.create(
        user_flow=UserFlow.objects.get(is_default=True),
        browser_digest="b",
        purpose=purpose,
        return_to="/",
        expires_at=begun + timedelta(hours=1),
        finished_at=begun + timedelta(seconds=seconds) if seconds else None,
        **columns,
    )
    Journey.objects.filter(pk=made.pk).update(created_at=begun)
    return made
