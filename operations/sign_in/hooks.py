"""Which hooks stand in an account's way, for the check of a sign-in: those that fail where nothing goes on without."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.credentials.policies import ELSEWHERE
from accounts.models import Account
from applications.models import Application
from hooks.lookup import hook_for
from hooks.models import Hook
from hooks.policies import MAIL, PASSWORD, TOKEN
from operations.sign_in.findings import Finding, RemedyPlace, Weight
from userflows.models import UserFlow
from userflows.state import BY_MAIL


def about_hooks(account: Account, flow: UserFlow | None, application: Application | None) -> Iterator[Finding]:
    """Each that the account would come to, with the methods that end there: none of them, where all do."""
    asked = {hook.pk: closes for hook, closes in _asked(account, flow, application) if hook}
    failing = Hook.objects.filter(pk__in=asked, failing_since__isnull=False, on_failure=Hook.OnFailure.STOP)
    for hook in failing if asked else ():
        words = _("%(name)s gave no valid answer %(count)d times in a row, and no one can continue. %(why)s")
        yield Finding(
            Weight.PROBLEM,
            _("A hook isn’t giving valid answers"),
            words % {"name": hook.name, "count": hook.failures, "why": hook.fault},
            _("Fix the server, or let sign-ins continue without it."),
            closes=asked[hook.pk],
            place=RemedyPlace.HOOK,
            about=str(hook.pk),
        )


def _asked(
    account: Account, flow: UserFlow | None, application: Application | None
) -> Iterator[tuple[Hook | None, Sequence[str]]]:
    yield hook_for(MAIL), BY_MAIL
    if flow and account.password == ELSEWHERE:
        yield hook_for(PASSWORD, str(flow.pk)), ["password"]
    if application:
        yield hook_for(TOKEN, application.client_id), []
