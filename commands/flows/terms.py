"""`manage.py userflow terms`: the terms of use that customers accept, and their sentence in each language."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer
from commands.named import serving, user_flow_named
from userflows.flows.readiness import flows_with_other_terms
from userflows.flows.services import change_user_flow, describe, translate_terms
from userflows.models import UserFlow

COMMAND = Actor.command()


def add_terms_options(parser: CommandParser) -> None:
    """Let a command say what is accepted."""
    # Django has a --version of its own.
    parser.add_argument("--terms-version", help="such as 2026-12-01; whoever has accepted another is asked anew")
    parser.add_argument("--text", help="the sentence at the box; without one customers read ours")
    parser.add_argument("--language", metavar="CODE", help="of that sentence, such as de; it stays as it is in others")
    parser.add_argument("--none", action="store_true", help="ask nobody")


def terms_of_flow(options: dict[str, Any]) -> Answer:
    """Show what customers accept, after what was said of it is changed."""
    with serving(options["tenant"]):
        flow = user_flow_named(options["name"])
        if options["language"] is not None:
            _translate(flow, options)
        elif chosen := _chosen(options):
            change_user_flow(flow, **chosen, actor=COMMAND)
        now, others = describe(flow), [other.name for other in flows_with_other_terms(flow)]
    facts = {"version": now.terms_version, "text": now.terms_text, "texts": dict(now.terms_translations)}
    facts["other_sentences"] = others
    asked = f"Customers accept version {now.terms_version}." if now.terms_version else "Nobody is asked."
    shared = f" Said otherwise, and shared with: {', '.join(others)}." if others else ""
    return Answer(facts, asked + shared)


def _translate(flow: UserFlow, options: dict[str, Any]) -> None:
    if options["text"] is None or options["none"] or options["terms_version"] is not None:
        raise CommandError("With --language goes --text and nothing else: the version is one for all languages.")
    translate_terms(flow, language=options["language"], text=options["text"], actor=COMMAND)


def _chosen(options: dict[str, Any]) -> dict[str, Any]:
    """What was said, by the fields of a description."""
    said = {"terms_version": options["terms_version"], "terms_text": options["text"]}
    chosen = {name: value for name, value in said.items() if value is not None}
    return {**chosen, "terms_version": ""} if options["none"] else chosen
