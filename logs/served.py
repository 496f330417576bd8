"""The log that is being served: the tenant's own or, in public, that of the installation.

Both are sealed, checked and pruned by the same code; only their tables differ.
"""

from typing import Any

from django.db.models import QuerySet

from audit.models import AbstractEvent, Category, Event
from logs.installation.models import InstallationLogCheck, InstallationSeal
from logs.models import LogCheck, Seal
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent
from tenants.postgresql import current_schema


def is_of_installation() -> bool:
    """Whether it is the installation's."""
    return current_schema() == PUBLIC


def event_model() -> type[AbstractEvent]:
    """What its events are."""
    return InstallationEvent if is_of_installation() else Event


def served_events() -> QuerySet[Any]:
    """All its events."""
    return event_model()._default_manager.all()  # noqa: SLF001 - Django's public name


def served_events_of(category: Category) -> QuerySet[Any]:
    """Those of its events that are of a category."""
    if is_of_installation():
        return served_events() if category is Category.ADMINISTRATION else served_events().none()
    return served_events().filter(category=category)


def served_seals() -> QuerySet[Any]:
    """All its seals."""
    return InstallationSeal.objects.all() if is_of_installation() else Seal.objects.all()


def served_check() -> QuerySet[Any]:
    """Its check: one row, or none yet."""
    return InstallationLogCheck.objects.all() if is_of_installation() else LogCheck.objects.all()


def category_of(event: dict[str, Any]) -> str:
    """Of which category an event is, by its columns; those of the installation are all of one."""
    return str(event.get("category", Category.ADMINISTRATION))
