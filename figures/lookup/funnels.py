"""How far journeys came: for each user flow and aim, how many reached which step, and where the others were left."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, Func, Q, Value
from django.db.models import Sum as Total

from figures.lookup.ranges import DayRange
from figures.models import Sum
from figures.policies import FINISHED, JOURNEY_SECONDS, JOURNEYS, WHOLE_DAY, median_of
from userflows.journeys.next_step import steps_for, tasks_of
from userflows.journeys.registry import table
from userflows.lookup import known_flows
from userflows.models import Journey, UserFlow
from userflows.state import JourneyState

SHOWN = (Journey.Purpose.SIGN_UP, Journey.Purpose.SIGN_IN, Journey.Purpose.RESET)


@dataclass(frozen=True)
class Stretch:
    """One task of the way: the names of the steps that do for it, how many reached it, and how many left there."""

    steps: tuple[str, ...]
    reached: int
    left: int


@dataclass(frozen=True)
class Funnel:
    """The journeys of one flow with one aim. `median_seconds` is of those that came to their end; None without any."""

    flow: UserFlow
    purpose: str
    stretches: Sequence[Stretch]
    begun: int
    finished: int
    median_seconds: float | None

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
    is_now, is_finished = Q(day__gte=days.first), Q(value__endswith=f":{FINISHED}")
    rows = Sum.objects.filter(metric=JOURNEYS, hour=WHOLE_DAY, day__gte=days.before.first, day__lte=days.last)
    aim = Func("value", Value(":"), Value(1), function="split_part", output_field=CharField())
    summed = rows.annotate(aim=aim).values_list("dimension", "aim").order_by()
    counted = summed.annotate(
        begun=Total("n", filter=is_now, default=0),
        finished=Total("n", filter=is_now & is_finished, default=0),
        begun_before=Total("n", filter=~is_now, default=0),
        finished_before=Total("n", filter=~is_now & is_finished, default=0),
    )
    return {(UUID(flow), aim): (Ends(*ends[:2]), Ends(*ends[2:])) for flow, aim, *ends in counted if aim in SHOWN}


def funnels_in(days: DayRange) -> Sequence[Funnel]:
    """One for each flow and aim with which anybody began, the busiest first."""
    ended = _counted(JOURNEYS, days)
    took = _counted(JOURNEY_SECONDS, days)
    flows = known_flows()
    found = [
        _funnel(flows[flow_id], purpose, counts, took.get((flow_id, purpose), Counter()))
        for (flow_id, purpose), counts in ended.items()
        if flow_id in flows and purpose in SHOWN
    ]
    return sorted(found, key=lambda funnel: (-funnel.begun, funnel.flow.name, funnel.purpose))


def _counted(metric: str, days: DayRange) -> Mapping[tuple[UUID, str], Counter[str]]:
    rows = Sum.objects.filter(metric=metric, hour=WHOLE_DAY, day__gte=days.first, day__lte=days.last)
    found: defaultdict[tuple[UUID, str], Counter[str]] = defaultdict(Counter)
    for flow, value, total in rows.values_list("dimension", "value").annotate(total=Total("n")).order_by():
        purpose, _, what = value.partition(":")
        found[UUID(flow), purpose][what] = total
    return found


def _funnel(flow: UserFlow, purpose: str, ended: Counter[str], took: Counter[str]) -> Funnel:
    finished, begun = ended[FINISHED], ended.total()
    stretches, reached = [], begun
    for steps in _way(flow, purpose, ended):
        left = sum(ended[step] for step in steps)
        stretches.append(Stretch(steps, reached, left))
        reached -= left
    median = median_of({int(bound): n for bound, n in took.items()})
    return Funnel(flow, purpose, stretches, begun, finished, median)


def _way(flow: UserFlow, purpose: str, ended: Mapping[str, int]) -> Sequence[tuple[str, ...]]:
    """The steps of each task of the way, in its order: as the flow is now, with those at which somebody left before."""
    state, rules = JourneyState(purpose), flow.rules
    tasks = tasks_of(state, rules, table())
    way = {task: [step.name for step in steps_for(task, state, rules, table())] for task in tasks}
    order = list(dict.fromkeys(step.task for step in table()))
    for step in table():
        if step.name in ended and step.name not in way.get(step.task, []):
            way.setdefault(step.task, []).append(step.name)
    return [tuple(way[task]) for task in order if task in way]
