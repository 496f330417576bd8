"""What values of figures are called on a page and in a file, and tables of them with bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from applications.models import Application
from audit.explanations import title_of
from common.text.countries import countries
from common.text.languages import find_language
from figures.lookup.sums import Part
from figures.policies import APPLICATION, COUNTRY, LANGUAGE, METHOD, OTHERS, REASON
from userflows.methods import method_label, sign_in_methods
from userflows.state import step_of

SHOWN = 8
STEPS = {
    "address": "Email address",
    "password": "Password",
    "code": "One-time code",
    "details": "Details",
    "new-password": "New password",
}


@dataclass(frozen=True)
class Bar:
    """A row of a table: what it is called, how much it is, which part of all (0 to 100), and how much it was before."""

    value: str
    name: str
    n: int
    share: float
    before: int


def bars_of(parts: Sequence[Part], name_of: Callable[[str], str]) -> list[Bar]:
    """All parts by name, those that were counted now. What has the same name is one bar."""
    total = sum(part.n for part in parts)
    return [Bar(part.value, name_of(part.value), part.n, 100 * part.n / total, part.before) for part in parts if part.n]


def names_of(dimension: str, parts: Sequence[Part]) -> Callable[[str], str]:
    """How the values of a dimension are called."""
    named = _NAMES[dimension]([part.value for part in parts])
    return lambda value: "All others" if value == OTHERS else named(value)


def step_names(steps: Sequence[str]) -> str:
    """How a customer would call what they were asked for."""
    return " or ".join(dict.fromkeys(STEPS.get(step, _plain(step)) for step in steps))


def method_name(value: str) -> str:
    """The ways to sign in that were used together."""
    known = sign_in_methods()
    return " + ".join(
        method_label(step) if step_of(step) in known else STEPS.get(step, _plain(step)) for step in value.split("+")
    )


def _methods(_: Sequence[str]) -> Callable[[str], str]:
    return lambda value: method_name(value) if value else "Before any was chosen"


def _reasons(_: Sequence[str]) -> Callable[[str], str]:
    return title_of


def _applications(client_ids: Sequence[str]) -> Callable[[str], str]:
    names: Mapping[str, str] = dict(
        Application.objects.filter(client_id__in=client_ids).values_list("client_id", "name")
    )
    return lambda value: names.get(value, "A removed application") if value else "None: at the sign-in page itself"


def _languages(_: Sequence[str]) -> Callable[[str], str]:
    def name(value: str) -> str:
        known = find_language(value) if value else None
        return known.name if known else value or "Not known"

    return name


def _countries(_: Sequence[str]) -> Callable[[str], str]:
    names = dict(countries())
    return lambda value: names.get(value, value) or "Not known"


def _plain(code: str) -> str:
    return code.replace("_", " ").replace("-", " ").capitalize()


_NAMES: Mapping[str, Callable[[Sequence[str]], Callable[[str], str]]] = {
    METHOD: _methods,
    REASON: _reasons,
    APPLICATION: _applications,
    LANGUAGE: _languages,
    COUNTRY: _countries,
}
