"""Things that people name in a field, where a list of all of them would be too long."""

from applications.models import Application


def application_named(text: str) -> Application | None:
    """The application with this client ID, or this name."""
    found = Application.objects.filter(client_id=text).first()
    return found or Application.objects.filter(name__iexact=text).first()
