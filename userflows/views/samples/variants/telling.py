"""What variants of several groups are told."""

from collections.abc import Callable, Iterable
from typing import Any

from django.forms import Field
from django.utils.translation import gettext_lazy as _

from branding.look import Look
from branding.preview.samples import Sample, Tell
from common.web.limits import Limit, TooManyAttempts
from userflows.forms.fields import StepForm
from userflows.journeys.attempts.refusals import told
from userflows.journeys.registry import step_named
from userflows.views.samples.cast import sample_journey, sample_rules

WITH_ERRORS = _("With errors")
WITHOUT_PASSWORD = _("Without a password")
SOON, HOURS, DAYS = 300, 6 * 3600, 4 * 86_400


def problems_of(field: Field, *typed: Any) -> list[str]:
    """What a form says of each of these in this field."""
    said: list[str] = []
    for value in typed:
        form = StepForm({"typed": value})
        form.fields["typed"] = field
        said += map(str, form.errors.get("typed", ()))
    return said


def varied(samples: Iterable[Sample]) -> Callable[..., Sample]:
    """What makes a variant of the one of these samples that has a key: `Sample.variant`, after that key."""
    by_key = {each.key: each for each in samples}
    return lambda key, *about, **otherwise: by_key[key].variant(*about, **otherwise)


def with_journey(**of: Any) -> Tell:
    """A journey like that."""
    return lambda _look: {"journey": sample_journey(**of)}


def by_rules(**otherwise: Any) -> Tell:
    """The rules of the flow, but for what is said `otherwise`."""
    return lambda _look: {"rules": sample_rules(**otherwise)}


def other_ways(*names: str, **otherwise: Any) -> Tell:
    """To the steps of these names, as pages lead there; by these rules."""
    return lambda look: {"other_ways": [step_named(name) for name in names], **by_rules(**otherwise)(look)}


def refused(limit: Limit, seconds: int) -> Tell:
    """What a page says that this limit closes for so long."""

    def tell(_look: Look) -> dict[str, Any]:
        return {"refusal": told(TooManyAttempts(seconds, attempt=(limit, ""), refused=1))}

    return tell
