"""The scopes that an application offers others as an API."""

from applications.description import Scope
from applications.models import ApiScope, Application
from applications.services.application import change
from audit.services import Actor


def add_api_scope(application: Application, scope: Scope, *, actor: Actor) -> ApiScope:
    """Add a scope to the API, and return its row. Raises `Refused`, also if there is one of this name."""
    change(application, lambda now: now.with_values(api_scopes=(*now.api.api_scopes, scope)), actor=actor)
    return application.api_scopes.get(name=scope.name.strip())


def change_api_scope(application: Application, scope: Scope, *, actor: Actor) -> None:
    """Change the scope of this name: its words, who may consent to it, whether it is in use. Raises `Refused`."""
    change(application, lambda now: now.with_item("api_scopes", scope), actor=actor)


def delete_api_scope(application: Application, name: str, *, actor: Actor) -> None:
    """Offer a scope no more, to nobody."""
    change(application, lambda now: now.without_item("api_scopes", name), actor=actor)
