"""What values of figures are called on a page and in a file, and tables of them with bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from applications.lookup.listing import labels_of
from applications.models import Application
from audit.explanations import title_of
from audit.models import TOGETHER
from audit.sentences import joined
from branding.languages.every import name_of_any_language
from common.text.countries import countries
from common.text.languages import ENGLISH
from figures.lookup.sums import Part
from figures.policies import APPLICATION, COUNTRY, LANGUAGE, METHOD, OTHERS, REASON
from userflows.journeys.registry import step_named
from userflows.methods import method_label, sign_in_methods
from userflows.state import step_of

SHOWN = 8


@dataclass(frozen=True)
class Bar:
    """A row of a table: what it is called, how much it is, and which part of all (0 to 100)."""

    value: str
    name: str
    n: int
    share: float


def bars_of(parts: Sequence[Part], name_of: Callable[[str], str], *, most: int) -> list[Bar]:
    """The first parts, at most so many, each with its share in all of them."""
    total = sum(part.n for part in parts)
    shown = parts[:most]
    return [Bar(part.value, name_of(part.value), part.n, 100 * part.n / total) for part in shown]


def names_of(dimension: str, values: Sequence[str]) -> Callable[[str], str]:
    """How these values of a dimension are called."""
    named = _NAMES[dimension](values)
    return lambda value: gettext("All others") if value == OTHERS else named(value)


def step_names(steps: Sequence[str]) -> str:
    """How a customer would call what they were asked for."""
    return joined(list(dict.fromkeys(_step_name(step) for step in steps)), are_choices=True)


def method_name(value: str) -> str:
    """The ways to sign in that were used together."""
    known = sign_in_methods()
    return " + ".join(
        method_label(step) if step_of(step) in known else _step_name(step) for step in value.split(TOGETHER)
    )


def _methods(_values: Sequence[str]) -> Callable[[str], str]:
    return lambda value: method_name(value) if value else gettext("Before any was chosen")


def _reasons(_values: Sequence[str]) -> Callable[[str], str]:
    return title_of


def _applications(client_ids: Sequence[str]) -> Callable[[str], str]:
    names = labels_of(Application.objects.filter(client_id__in=client_ids).told_apart().only("client_id", "name"))
    return lambda value: (
        names.get(value, gettext("A removed application")) if value else gettext("None: at the sign-in page itself")
    )


def _languages(_values: Sequence[str]) -> Callable[[str], str]:
    return lambda value: name_of_any_language(value) or gettext("Not known")


def _countries(_values: Sequence[str]) -> Callable[[str], str]:
    names = dict(countries(get_language() or ENGLISH))
    return lambda value: str(names.get(value, value)) or gettext("Not known")


def _step_name(name: str) -> str:
    """What a step is called, which may be gone by now."""
    step = step_named(name)
    return str(step.label) if step else name.replace("_", " ").replace("-", " ").capitalize()


_NAMES: Mapping[str, Callable[[Sequence[str]], Callable[[str], str]]] = {
    METHOD: _methods,
    REASON: _reasons,
    APPLICATION: _applications,
    LANGUAGE: _languages,
    COUNTRY: _countries,
}
