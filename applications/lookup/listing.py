"""The list of app registrations."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Case, DateField, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Now

from applications.models import Application, ClientSecret
from applications.policies.credentials import EXPIRES_SOON, SECRET_METHODS
from applications.policies.frameworks import FRAMEWORK_NAMES

Row = TypeVar("Row", bound=Model)
# Before any of them was used, so that those that never were come last.
NEVER = date(1970, 1, 1)
# The orders in which the list is read, each by a field that is never null.
ORDERS = {"name": "name", "newest": "-created", "used": "-used_on"}


def applications_matching(query: str) -> QuerySet[Application]:
    """Those whose name or client ID contains the query, all for "", each with its user flow, told apart."""
    found = Application.objects.told_apart().select_related("user_flow")
    return found.filter(Q(name__icontains=query) | Q(client_id__icontains=query)) if query else found


def with_use(found: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `used_on`, the day on which it was last used, or `NEVER`."""
    return found.annotate(used_on=Coalesce("last_used_on", Value(NEVER), output_field=DateField()))


def with_expiry(found: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `secret_expires_at`: when the last of its secrets expires, if that is within 30 days; else None."""
    last = with_last_secret(found)
    soon = When(secret_until__gt=Now(), secret_until__lt=Now() + EXPIRES_SOON, then="secret_until")
    return last.annotate(secret_expires_at=Case(soon))


def with_expiring_secret(found: QuerySet[Application]) -> QuerySet[Application]:
    """Those whose last secret expires within 30 days."""
    return with_expiry(found).exclude(secret_expires_at=None)


def with_last_secret(found: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `secret_until`: when the last of its secrets expires, or did; None if it has none.

    A secret behind which another one waits stops nothing by expiring. Nor does one that an application can't use,
    because it proves itself by a key pair.
    """
    secrets = ClientSecret.objects.filter(application=OuterRef("pk"), application__auth_method__in=SECRET_METHODS)
    return found.annotate(secret_until=Subquery(secrets.order_by("-expires_at").values("expires_at")[:1]))


def frameworks_in_use() -> dict[str, str]:
    """What applications of the tenant are said to be written with: names by key, in the order of the names."""
    kept = Application.objects.exclude(framework="").order_by().values_list("framework", flat=True).distinct()
    names = {key: FRAMEWORK_NAMES[key] for key in kept if key in FRAMEWORK_NAMES}
    return dict(sorted(names.items(), key=lambda named: named[1].casefold()))


def labels_of(applications: Iterable[Application]) -> dict[str, str]:
    """What to call each of these, told apart, in a list to choose from, by client ID."""
    return {application.client_id: application.label for application in applications}


def labels_with_customers() -> dict[str, str]:
    """The same of all that customers sign in to, in the order of their names."""
    found = Application.objects.exclude(kind=Application.Kind.SERVICE).told_apart()
    return labels_of(found.only("client_id", "name").order_by("name", "pk"))


def with_application(rows: QuerySet[Row], way: str = "application") -> QuerySet[Row]:
    """Each of these rows with the application that this way leads to, told apart."""
    return rows.prefetch_related(Prefetch(way, Application.objects.told_apart()))
