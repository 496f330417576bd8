"""The list of app registrations."""

from django.db.models import Q, QuerySet

from applications.models import Application


def applications_matching(query: str) -> QuerySet[Application]:
    """Those whose name or client ID contains the query, all for "", each with its user flow."""
    found = Application.objects.select_related("user_flow")
    return found.filter(Q(name__icontains=query) | Q(client_id__icontains=query)) if query else found
