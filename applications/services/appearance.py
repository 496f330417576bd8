"""What customers are told of an application beside its name."""

from django.core.exceptions import ValidationError
from django.db import transaction

from applications.models import Application, ApplicationLogo
from applications.policies.redirect_uris import redirect_uri_problem
from applications.services.changes import announce_change
from audit.services import Actor, record
from branding.images import ImageLimits, PreparedImage

LINKS = ("client_uri", "policy_uri", "tos_uri", "initiate_login_uri")
LOGO = ImageLimits("A logo", 512, 512, 100 * 1024)


def set_links(
    application: Application,
    *,
    client_uri: str = "",
    policy_uri: str = "",
    tos_uri: str = "",
    initiate_login_uri: str = "",
    actor: Actor,
) -> None:
    """Choose the application's home page, privacy policy and terms of use, and where it begins a sign-in itself.

    "" for none of it. Raises `ValidationError` keyed by argument.
    """
    chosen = dict(
        zip(LINKS, (uri.strip() for uri in (client_uri, policy_uri, tos_uri, initiate_login_uri)), strict=True)
    )
    problems = {
        name: problem
        for name, uri in chosen.items()
        if uri and (problem := redirect_uri_problem(uri, kind=Application.Kind.WEB))
    }
    if application.kind == Application.Kind.SERVICE and any(chosen.values()):
        problems = {name: "Nobody signs in to a service." for name, uri in chosen.items() if uri}
    if problems:
        raise ValidationError(problems)
    _save(application, chosen, actor=actor)


def set_logo(application: Application, image: PreparedImage | None, *, source: str = "", actor: Actor) -> None:
    """Give the application this logo, fetched from `source` if it wasn't uploaded, or none."""
    with transaction.atomic():
        ApplicationLogo.objects.filter(application=application).delete()
        if image:
            ApplicationLogo.objects.create(
                application=application,
                content=image.content,
                content_type=image.content_type,
                width=image.width,
                height=image.height,
                digest=image.digest,
            )
        _save(application, {"logo_uri": source if image else ""}, "logo", actor=actor)


def _save(application: Application, values: dict[str, str], *others: str, actor: Actor) -> None:
    changed = [name for name, value in values.items() if getattr(application, name) != value]
    for name, value in values.items():
        setattr(application, name, value)
    with transaction.atomic():
        application.save(update_fields=[*values, "updated"])
        record("application.changed", actor=actor, target=application, details={"fields": [*changed, *others]})
        announce_change()
