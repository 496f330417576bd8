"""Which user flow applications use."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor, Circumstances, record
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from tenants.postgresql import announce_change
from userflows.flows.second_factor import which_problems
from userflows.flows.services import hand_default_on, locked_row
from userflows.models import UserFlow


def assign_user_flow(user_flow: UserFlow, *, applications: Iterable[Application], actor: Actor) -> None:
    """Assign the flow to these applications, instead of the one each had. Raises `Refused`; then none of them does."""
    with transaction.atomic():
        for application in sorted(applications, key=lambda each: each.pk):
            if application.kind == Application.Kind.SERVICE:
                sentence = _("No one signs in to the service %(application)s.") % {"application": application}
                raise Refused([Problem(Code.NOT_ALLOWED, "applications", sentence)])
            change_application(application, user_flow=user_flow.pk, actor=actor)


def replace_user_flow(
    flow: UserFlow,
    *,
    by: UserFlow,
    applications: Collection[Application] | None = None,
    moves_default: bool = True,
    actor: Actor,
) -> tuple[list[Application], bool]:
    """Put another flow in the place of this one: for these of its applications, or all; and as the default one.

    Returns the applications that go by the other one now, and whether it is the default one in the place of this one.
    The same the other way round undoes it. Raises `Refused`; then nothing is done.
    """
    if flow == by:
        raise Refused([Problem(Code.INVALID, "by", _("A user flow can’t be used instead of itself."))])
    with transaction.atomic():
        locked_row(flow)
        methods = locked_row(by).methods
        # Locked in one order, and before it is told which they are: somebody may be giving them another flow.
        of_flow = Application.objects.select_for_update().filter(user_flow=flow).order_by("pk")
        wanted = of_flow if applications is None else of_flow.filter(pk__in=[each.pk for each in applications])
        moved = sorted(wanted, key=lambda each: each.name)
        if applications is not None and len(moved) < len(applications):
            raise Refused([CHANGED_MEANWHILE])
        # Of all that is chosen about an application, its factors alone are judged by its user flow.
        refuse_if_any(problem for application in moved for problem in _factor_problems(application, methods))
        of_flow.filter(pk__in=[each.pk for each in moved]).update(user_flow=by, updated=timezone.now())
        is_default = moves_default and hand_default_on(flow, to=by)
        if not moved and not is_default:
            raise Refused([Problem(Code.REQUIRED, "applications", _("Choose at least one application."))])
        details = {
            "by": str(by.pk),
            "applications": [application.name for application in moved],
            "client_ids": [application.client_id for application in moved],
            "is_default": is_default,
        }
        about = Circumstances(user_flow=by.name)
        record("user_flow.replaced", actor=actor, target=flow, circumstances=about, details=details)
        announce_change()
    return moved, is_default


def _factor_problems(application: Application, methods: Sequence[str]) -> Iterator[Problem]:
    """Why customers could show none of its second factors where they sign in by these methods, each with its name."""
    sentence = _("%(application)s: %(problem)s")
    for each in which_problems(application.counted_factors, methods=methods):
        yield Problem(each.code, "applications", sentence % {"application": application, "problem": each.sentence})
