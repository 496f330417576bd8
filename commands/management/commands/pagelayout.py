from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from branding.models import DraftLink
from commands.answers import Answer, VerbCommand
from commands.flows.page_layouts import layout_as_json, layout_in_file
from commands.named import serving, user_flow_named
from commands.published import (
    add_link,
    add_time,
    facts_of,
    facts_of_link,
    history_in_words,
    links_in_words,
    moment_of,
)
from tenants.addressing import base_url
from userflows.flows.layouts.versions import draft_of, drafted, newest, scheduled
from userflows.flows.publishing.links import make_layout_link, take_layout_link_back
from userflows.flows.publishing.scheduling import schedule, unschedule
from userflows.flows.publishing.services import discard, publish, restore, save_draft

ACTOR = Actor.command()


class Command(VerbCommand):
    help = "Draft the page layout of a user flow, publish it, and have earlier versions back."

    def add_verbs(self) -> None:
        self._of_flow("show", self.show, "say what the draft asks for, and how it stands beside what customers see")
        draft = self._of_flow("draft", self.draft, "let a file be the draft")
        draft.add_argument("--file", type=Path, required=True, metavar="PATH", help="rows in JSON, as show has them")
        add_time(self._of_flow("publish", self.publish, "let customers see the draft, now or later"))
        self._of_flow("take-back", self.take_back, "publish nothing of what is scheduled")
        self._of_flow("discard", self.discard, "let the draft be what customers see")
        add_link(self._of_flow("share", self.share, "make a link that shows the draft"))
        self._of_flow("links", self.links, "list the links that show the draft")
        taken = self._of_flow("take-link-back", self.take_link_back, "let a link open nothing any more")
        taken.add_argument("--link", required=True, metavar="ID", help="as links lists it")
        self._of_flow("history", self.history, "list what was published, the newest first")
        back = self._of_flow("restore", self.restore, "publish an earlier version again; the draft goes")
        back.add_argument("--number", type=int, required=True)

    def _of_flow(self, name: str, run: Callable[[dict[str, Any]], Answer], summary: str) -> CommandParser:
        parser = self.verb(name, run, summary=summary)
        parser.add_argument("--tenant", required=True, metavar="DOMAIN")
        parser.add_argument("--flow", required=True, help="the name of a user flow")
        return parser

    def show(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            shown, waiting, rows = newest(flow), scheduled(flow), layout_as_json(draft_of(flow))
            facts = {
                "page_layout": rows,
                "version": shown.number if shown else None,
                "is_published": drafted(flow) is None,
                "due_at": waiting.due_at.isoformat() if waiting and waiting.due_at else None,
            }
        asked = ", ".join(row["attribute"] for row in rows) or "nothing"
        state = "Customers see it." if facts["is_published"] else "It isn't published."
        return Answer(facts, f"Asked for: {asked}. {state}")

    def draft(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            save_draft(flow, layout=layout_in_file(options["file"]), actor=ACTOR)
            rows = layout_as_json(draft_of(flow))
        said = "The draft is changed. `manage.py pagelayout publish` lets customers see it."
        return Answer({"page_layout": rows}, said)

    def publish(self, options: dict[str, Any]) -> Answer:
        due_at = moment_of(options["at"]) if options["at"] else None
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            if due_at:
                schedule(flow, due_at=due_at, actor=ACTOR)
                return Answer({"due_at": due_at.isoformat()}, f"It will be published at {due_at.isoformat()}.")
            version = publish(flow, actor=ACTOR)
        return Answer(facts_of(version), f"Version {version.number} is published.")

    def take_back(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            unschedule(user_flow_named(options["flow"]), actor=ACTOR)
        return Answer({}, "Nothing is scheduled.")

    def discard(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            discard(flow, actor=ACTOR)
            rows = layout_as_json(draft_of(flow))
        return Answer({"page_layout": rows}, "The draft is discarded.")

    def share(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            flow = user_flow_named(options["flow"])
            path = make_layout_link(flow, days=options["days"], note=options["note"], actor=ACTOR)
            link = f"{base_url(tenant)}{path}"
        return Answer({"link": link}, link)

    def links(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            found = [facts_of_link(link) for link in DraftLink.objects.of_flow(flow.pk).alive()]
        return Answer({"links": found}, links_in_words(found))

    def take_link_back(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            links = DraftLink.objects.of_flow(flow.pk).alive()
            link = next((each for each in links if str(each.pk) == options["link"]), None)
            if link is None:
                raise CommandError("There is no such link. `manage.py pagelayout links` lists them all.")
            take_layout_link_back(flow, link, actor=ACTOR)
        return Answer({"link": options["link"]}, "The link opens nothing any more.")

    def history(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            found = [facts_of(row) for row in flow.layouts.published()]
        return Answer({"versions": found}, history_in_words(found))

    def restore(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["flow"])
            version = flow.layouts.published().filter(number=options["number"]).first()
            if version is None:
                raise CommandError("There is no such version. `manage.py pagelayout history` lists them all.")
            restored = restore(version, actor=ACTOR)
        said = f"Version {options['number']} is published again, as version {restored.number}."
        return Answer(facts_of(restored), said)
