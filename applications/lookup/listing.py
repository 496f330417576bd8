"""The list of app registrations."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Application

# So many characters of a client ID tell applications of one name apart.
TELLING = 8


def applications_matching(query: str) -> QuerySet[Application]:
    """Those whose name or client ID contains the query, all for "", each with its user flow, told apart."""
    found = told_apart(Application.objects.select_related("user_flow"))
    return found.filter(Q(name__icontains=query) | Q(client_id__icontains=query)) if query else found


def told_apart(found: QuerySet[Application]) -> QuerySet[Application]:
    """Each with `shares_name`: whether another application of the tenant is called so, in whatever case."""
    others = Application.objects.filter(name__iexact=OuterRef("name")).exclude(pk=OuterRef("pk"))
    return found.annotate(shares_name=Exists(others))


def labels_of(applications: Iterable[Application]) -> dict[str, str]:
    """What to call each in a list to choose from, by client ID: its name, with the client ID's beginning if shared."""
    applications = list(applications)
    names = [application.name.casefold() for application in applications]
    return {
        application.client_id: f"{application.name} ({application.client_id[:TELLING]}…)"
        if names.count(name) > 1
        else application.name
        for application, name in zip(applications, names, strict=True)
    }
