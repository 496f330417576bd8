"""How far journeys came: for each user flow and aim, how many reached which step, and where the others were left."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import CharField, Func, Q, Value
from django.db.models import Sum as Total

from figures.lookup.months import pieces_of, summed
from figures.lookup.ranges import DayRange
from figures.lookup.sums import Ledger
from figures.models import Sum
from figures.policies import FINISHED, JOURNEYS, OF_JOURNEYS, STEP_SECONDS, WHOLE_DAY, median_of
from userflows.journeys.next_step import order_of, steps_for, tasks_of
from userflows.journeys.registry import table
from userflows.lookup import known_flows
from userflows.models import Journey, UserFlow
from userflows.state import JourneyState

SHOWN = (Journey.Purpose.SIGN_UP, Journey.Purpose.SIGN_IN, Journey.Purpose.RESET)


@dataclass(frozen=True)
class Stretch:
    """One task of the way: the names of the steps that do for it, how many reached it, and how many left there.

    `median_seconds` is how long those took who did it; None if nobody knows.
    """

    steps: tuple[str, ...]
    reached: int
    left: int
    median_seconds: float | None = None


@dataclass(frozen=True)
class Version:
    """The journeys that began with one version of a flow; `number` is None of those of which nobody kept any."""

    number: int | None
    begun: int
    finished: int
    median_seconds: float | None

    @property
    def finished_percent(self) -> float:
        """How many of a hundred came to the end."""
        return 100 * self.finished / self.begun if self.begun else 0.0


@dataclass(frozen=True)
class Funnel:
    """The journeys of one flow with one aim, also by the version of the flow, the newest first.

    `median_seconds` is of those that came to their end; None without any.
    """

    flow: UserFlow
    purpose: str
    stretches: Sequence[Stretch]
    begun: int
    finished: int
    median_seconds: float | None
    versions: Sequence[Version] = ()

    @property
    def finished_percent(self) -> float:
        """How many of a hundred came to the end."""
        return 100 * (1 - self.dropped)

    @property
    def dropped(self) -> float:
        """Which part of those begun came to no end."""
        return 1 - self.finished / self.begun if self.begun else 0.0


@dataclass(frozen=True)
class Ends:
    """How many journeys began, and how many of them came to their end."""

    begun: int
    finished: int

    @property
    def dropped(self) -> float:
        """Which part of those begun came to no end."""
        return 1 - self.finished / self.begun if self.begun else 0.0


def ends_in(days: DayRange) -> Mapping[tuple[UUID, str], tuple[Ends, Ends]]:
    """By flow and aim, how the journeys of these days and of as many before them ended; in one question for both."""
    is_now, is_finished = Q(day__gte=days.first), Q(end=FINISHED)
    rows = Sum.objects.filter(metric=JOURNEYS, hour=WHOLE_DAY, day__gte=days.before.first, day__lte=days.last)
    summed = rows.annotate(aim=_piece(1), end=_piece(2)).values_list("dimension", "aim").order_by()
    counted = summed.annotate(
        begun=Total("n", filter=is_now, default=0),
        finished=Total("n", filter=is_now & is_finished, default=0),
        begun_before=Total("n", filter=~is_now, default=0),
        finished_before=Total("n", filter=~is_now & is_finished, default=0),
    )
    return {(UUID(flow), aim): (Ends(*ends[:2]), Ends(*ends[2:])) for flow, aim, *ends in counted if aim in SHOWN}


def funnels_in(days: DayRange, books: Ledger) -> Sequence[Funnel]:
    """One for each flow and aim with which anybody began, the busiest first."""
    flows = known_flows()
    pieces = pieces_of(days, books.journey_months_to)
    found: defaultdict[tuple[str, str], _Counted] = defaultdict(_Counted)
    for metric, flow, value, n in summed(pieces, metrics=OF_JOURNEYS, dimensions=[str(pk) for pk in flows]):
        aim, _, what = value.partition(":")
        if n and aim in SHOWN:
            found[flow, aim].add(metric, what, n)
    funnels = [_funnel(flows[UUID(flow)], aim, counted) for (flow, aim), counted in found.items()]
    return sorted(funnels, key=lambda funnel: (-funnel.begun, funnel.flow.name, funnel.purpose))


@dataclass
class _Counted:
    """What sums say of one flow and aim: by the step at which journeys ended, by version, and by how long it took."""

    ended: Counter[str] = field(default_factory=Counter)
    took: Counter[int] = field(default_factory=Counter)
    steps_took: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    versions: defaultdict[str, "_Counted"] = field(default_factory=lambda: defaultdict(_Counted))

    def add(self, metric: str, what: str, n: int) -> None:
        """Take in how many there were of a value, without its aim."""
        name, _, rest = what.partition(":")
        if metric == STEP_SECONDS:
            self.steps_took[name][int(rest)] += n
            return
        for counted in (self, self.versions[rest]):
            if metric == JOURNEYS:
                counted.ended[name] += n
            else:
                counted.took[int(name)] += n


def _piece(number: int) -> Func:
    return Func("value", Value(":"), Value(number), function="split_part", output_field=CharField())


def _funnel(flow: UserFlow, purpose: str, counted: _Counted) -> Funnel:
    ended = counted.ended
    begun = reached = ended.total()
    stretches = []
    for steps in _way(flow, purpose, ended):
        left = sum(ended[step] for step in steps)
        took = sum((counted.steps_took[step] for step in steps), Counter[int]())
        stretches.append(Stretch(steps, reached, left, median_of(took)))
        reached -= left
    versions = [_version(number, of) for number, of in counted.versions.items()]
    versions.sort(key=lambda version: version.number or 0, reverse=True)
    return Funnel(flow, purpose, stretches, begun, ended[FINISHED], median_of(counted.took), versions)


def _version(number: str, counted: _Counted) -> Version:
    ended = counted.ended
    return Version(int(number or 0) or None, ended.total(), ended[FINISHED], median_of(counted.took))


def _way(flow: UserFlow, purpose: str, ended: Mapping[str, int]) -> Sequence[tuple[str, ...]]:
    """The steps of each task of the way, in its order: as the flow is now, with those at which somebody left before."""
    state, rules = JourneyState(purpose), flow.rules
    tasks = tasks_of(state, rules, table())
    way = {task: [step.name for step in steps_for(task, state, rules, table())] for task in tasks}
    for step in table():
        if step.name in ended and step.name not in way.get(step.task, []):
            way.setdefault(step.task, []).append(step.name)
    return [tuple(way[task]) for task in order_of(state, rules, table()) if task in way]
