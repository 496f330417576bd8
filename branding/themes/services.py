"""Making, naming, giving and deleting themes. How one looks is a draft as the tenant's own brand is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.models import DEFAULT, Branding, Theme, ThemedApplication
from branding.services import forget_unnamed_images
from branding.themes.applications import applications
from common.problems import Code, Problem, name_problems, refuse_if_any, refuse_if_changed
from common.versions import version_of
from tenants.postgresql import announce_change

NAME_LENGTH = 64


@dataclass(frozen=True)
class ThemeDescription:
    """What a theme is called, and the client IDs of the applications whose customers see it."""

    name: str
    client_ids: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def describe_theme(theme: Theme) -> ThemeDescription:
    """What is kept of the theme beside its look."""
    return ThemeDescription(theme.name, tuple(sorted(theme.applications.values_list("client_id", flat=True))))


def create_theme(description: ThemeDescription, *, actor: Actor) -> Theme:
    """Make a theme with an empty draft. Its applications look as before until something of it is published.

    Raises `Refused`.
    """
    theme = Theme(name=description.name.strip())
    with transaction.atomic():
        refuse_if_any(_problems(description, theme))
        theme.save(force_insert=True)
        Branding(theme=theme, locale=DEFAULT, changed_by=actor.name).save(force_insert=True)
        record("theme.created", actor=actor, target=theme)
        _give(theme, description.client_ids, actor)
    return theme


def apply_theme(theme: Theme, description: ThemeDescription, *, expected_version: str = "", actor: Actor) -> None:
    """Rename the theme, and give it to just these applications, each of which has no other then. Raises `Refused`."""
    with transaction.atomic():
        theme = Theme.objects.select_for_update().get(pk=theme.pk)
        refuse_if_changed(expected_version, describe_theme(theme).version)
        refuse_if_any(_problems(description, theme))
        name = description.name.strip()
        if name != theme.name:
            theme.name = name
            theme.save(update_fields=["name"])
            record("theme.renamed", actor=actor, target=theme)
        _give(theme, description.client_ids, actor)


def delete_theme(theme: Theme, *, actor: Actor) -> None:
    """Delete it with its draft, versions and images. Its applications have the tenant's look from now on."""
    with transaction.atomic():
        record("theme.deleted", actor=actor, target=theme)
        theme.delete()
        forget_unnamed_images()
        announce_change()


def theme_of(client_id: str) -> Theme | None:
    """The theme that the application has."""
    return Theme.objects.filter(applications__client_id=client_id).first()


def forget_application(client_id: str) -> None:
    """What an application that is deleted leaves here."""
    ThemedApplication.objects.filter(client_id=client_id).delete()


def _problems(description: ThemeDescription, theme: Theme) -> list[Problem]:
    name = description.name.strip()
    problems = name_problems(name, longest=NAME_LENGTH)
    if Theme.objects.filter(name=name).exclude(pk=theme.pk).exists():
        problems.append(Problem(Code.TAKEN, "name", _("There is already a theme with this name.")))
    if not set(description.client_ids) <= applications().keys():
        problems.append(
            Problem(Code.UNKNOWN, "client_ids", _("Choose from the applications that customers sign in to."))
        )
    return problems


def _give(theme: Theme, client_ids: Sequence[str], actor: Actor) -> None:
    before, after = set(describe_theme(theme).client_ids), set(client_ids)
    if before == after:
        return
    theme.applications.filter(client_id__in=before - after).delete()
    for client_id in after - before:
        ThemedApplication.objects.update_or_create(client_id=client_id, defaults={"theme": theme})
    given, taken = sorted(after - before), sorted(before - after)
    record("theme.given", actor=actor, target=theme, details={"given": given, "taken": taken})
    announce_change()
