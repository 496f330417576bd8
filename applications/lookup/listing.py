"""The list of app registrations."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import DateField, Exists, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from applications.models import Application, ClientSecret
from applications.policies.credentials import SECRET_METHODS
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
    """Each with `secret_expires_at`: when the first of its secrets expires, if one does within 30 days; else None.

    Secrets that it can't use, because it proves itself by a key pair, are nobody's worry.
    """
    first = _expiring_secrets().order_by("expires_at").values("expires_at")[:1]
    return found.annotate(secret_expires_at=Subquery(first))


def with_expiring_secret(found: QuerySet[Application]) -> QuerySet[Application]:
    """Those of which a secret expires within 30 days."""
    return found.filter(Exists(_expiring_secrets()))


def frameworks_in_use() -> dict[str, str]:
    """What applications of the tenant are said to be written with: names by key, in the order of the names."""
    kept = Application.objects.exclude(framework="").order_by().values_list("framework", flat=True).distinct()
    names = {key: FRAMEWORK_NAMES[key] for key in kept if key in FRAMEWORK_NAMES}
    return dict(sorted(names.items(), key=lambda named: named[1].casefold()))


def _expiring_secrets() -> QuerySet[ClientSecret]:
    in_use = ClientSecret.objects.expiring_soon().filter(application__auth_method__in=SECRET_METHODS)
    return in_use.filter(application=OuterRef("pk"))


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
