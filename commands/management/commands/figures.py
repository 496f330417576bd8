from dataclasses import asdict
from typing import Any

from commands.answers import Answer, VerbCommand
from commands.named import serving
from figures.lookup.funnels import Funnel, funnels_in
from figures.lookup.ranges import LENGTHS, USUAL, range_named
from figures.lookup.sums import active_by_now, customers_in_all, ledger, series_of
from figures.policies import OF_EVENTS
from figures.services.keeping import keep_books, rebuild


class Command(VerbCommand):
    help = "See what is counted of a tenant, count it at once or anew, and choose in which time zone its days are."

    def add_verbs(self) -> None:
        show = self.verb("show", self.show, summary="say what was counted in a range of days")
        show.add_argument("--tenant", required=True, metavar="DOMAIN")
        show.add_argument("--range", choices=[*LENGTHS], default=USUAL, help="which days (%(default)s)")
        count = self.verb("count", self.count, summary="count now, without waiting for the worker")
        count.add_argument("--tenant", required=True, metavar="DOMAIN")
        anew = self.verb("rebuild", self.rebuild, summary="count all days anew of which the events are still there")
        anew.add_argument("--tenant", required=True, metavar="DOMAIN")

    def show(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            books = ledger()
            days = range_named(options["range"], last=books.today)
            series = series_of(days, books)
            facts: dict[str, Any] = {metric: series[metric].total for metric in OF_EVENTS}
            facts["customers"] = customers_in_all()
            facts["active"] = {name: active_by_now(name)[0] for name in ("day", "week", "month")}
            facts["journeys"] = [_journeys(funnel) for funnel in funnels_in(days, books)]
        about = {"from": days.first.isoformat(), "to": days.last.isoformat(), "time_zone": books.time_zone}
        named = {name.replace("_", " "): facts[name] for name in OF_EVENTS}
        said = ", ".join(f"{number} {name}" for name, number in named.items())
        text = f"{about['from']} to {about['to']} ({books.time_zone}): {said}."
        return Answer({**about, **facts}, text)

    def count(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            keep_books(time_zone=tenant.time_zone)
        return Answer({"domain": tenant.slug}, f"The figures of {tenant.name} are up to date.")

    def rebuild(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            days = rebuild()
        counted = f"{days} day{'' if days == 1 else 's'}"
        return Answer({"domain": tenant.slug, "days": days}, f"{counted} of {tenant.name} were counted anew.")


def _journeys(funnel: Funnel) -> dict[str, Any]:
    return {
        "user_flow": funnel.flow.name,
        "purpose": funnel.purpose,
        "begun": funnel.begun,
        "finished": funnel.finished,
        "median_seconds": funnel.median_seconds,
        "left_at": {"+".join(stretch.steps): stretch.left for stretch in funnel.stretches},
        "step_seconds": {"+".join(stretch.steps): stretch.median_seconds for stretch in funnel.stretches},
        "versions": [asdict(version) for version in funnel.versions],
    }
