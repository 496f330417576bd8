"""The step that stands in for second factors where all of them are lost. Nothing is proved by it: whoever has waited
comes anew, and isn't asked for them any more.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.second_factors.due import does_for_second, may_recover
from userflows.state import RECOVER
from userflows.steps.recover.view import blank, submit

RECOVER_STEP = Step(
    name=RECOVER,
    label=pgettext_lazy("portal", "Wait after losing every factor"),
    task="second factor",
    is_for=may_recover,
    is_done=does_for_second,
    blank=blank,
    submit=submit,
    invitation="customer/steps/recover_invitation.html",
)
