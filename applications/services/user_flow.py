"""Which user flow applications use."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from applications.models import Application
from applications.services.description import change_application
from audit.services import Actor
from common.problems import Code, Problem, Refused
from userflows.models import UserFlow


def assign_user_flow(user_flow: UserFlow, *, applications: Iterable[Application], actor: Actor) -> None:
    """Let these applications use the flow, instead of the one each had. Raises `Refused`; then none of them does."""
    with transaction.atomic():
        for application in applications:
            if application.kind == Application.Kind.SERVICE:
                sentence = _("Nobody signs in to the service %(application)s.") % {"application": application}
                raise Refused([Problem(Code.NOT_ALLOWED, "applications", sentence)])
            change_application(application, user_flow=user_flow.pk, actor=actor)
