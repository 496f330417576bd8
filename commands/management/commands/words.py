import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from branding.words.files import all_words, placed, read_words, told_in, words_in_their_shape
from branding.words.pages import PAGES
from branding.words.rows import Filter, Row, chosen, rows_in
from branding.words.services import LANGUAGES, change_words, change_words_everywhere
from commands.answers import Answer, VerbCommand
from commands.named import serving, user_flow_named
from common.problems import Refused
from userflows.models import UserFlow

COMMAND = Actor.command()
OURS, THEIRS = "ours", "entra"


class Command(VerbCommand):
    help = "Say sentences of customer pages and mails in a tenant's own words."

    def add_verbs(self) -> None:
        listed = self._verb("list", self.list_all, "list sentences and what customers read in their place")
        listed.add_argument("--page", default="", choices=["", *(page.key for page in PAGES)], metavar="PAGE")
        listed.add_argument("--find", default="", help="words that stand in it")
        listed.add_argument("--changed", action="store_true", help="those alone that are said otherwise")
        listed.add_argument("--outdated", action="store_true", help="those of which the product’s text has changed")
        said = self._verb("set", self.set, "say a sentence otherwise")
        said.add_argument("--text", required=True, action="append", help="again for each form, where it counts")
        self._verb("reset", self.reset, "say a sentence as the product does")
        for parser in (said, self._verbs.choices["reset"]):
            parser.add_argument("--sentence", required=True, help="its English, as `list` shows it")
        written = self._verb("export", self.export, "answer with all that is said otherwise, as a file to import")
        written.add_argument("--shape", default=OURS, choices=[OURS, THEIRS])
        taken = self._verb("import", self.take, "say otherwise what stands in a file")
        taken.add_argument("--file", required=True, type=Path)

    def _verb(self, name: str, run: Any, summary: str) -> CommandParser:
        parser = self.verb(name, run, summary=summary)
        parser.add_argument("--tenant", required=True, metavar="DOMAIN")
        parser.add_argument("--flow", default="", metavar="NAME", help="in this user flow alone")
        parser.add_argument("--language", default="" if name in {"import", "export"} else "en", metavar="CODE")
        return parser

    def list_all(self, options: dict[str, Any]) -> Answer:
        wanted = Filter(options["find"], options["page"], options["changed"], options["outdated"])
        with serving(options["tenant"]):
            _require_language(options["language"])
            return _told(chosen(rows_in(options["language"], _flow(options)), wanted))

    def set(self, options: dict[str, Any]) -> Answer:
        return self._change(options, options["text"])

    def reset(self, options: dict[str, Any]) -> Answer:
        return self._change(options, [])

    def _change(self, options: dict[str, Any], texts: list[str]) -> Answer:
        language, sentence = options["language"], options["sentence"]
        with serving(options["tenant"]):
            flow = _flow(options)
            try:
                change_words(language=language, wished={sentence: texts}, user_flow=flow, actor=COMMAND)
            except Refused as refusal:
                raise CommandError(_sentences(refusal)) from refusal
            return _told([row for row in rows_in(language, flow) if row.sentence.text == sentence])

    def export(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            if options["shape"] == THEIRS:
                _require_language(options["language"])
                told: dict[str, Any] = words_in_their_shape(options["language"], _flow(options))
            elif options["language"] or options["flow"]:
                raise CommandError("--language and --flow go with --shape entra: ours holds all of them.")
            else:
                told = all_words(dict(UserFlow.objects.values_list("pk", "name")))
        return Answer(told, json.dumps(told, ensure_ascii=False, indent=2))

    def take(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            try:
                read = read_words(_json_in(options["file"]), language=options["language"], flow=options["flow"])
                parts = placed(read, dict(UserFlow.objects.values_list("name", "pk")))
                changed = change_words_everywhere(parts, actor=COMMAND)
            except Refused as refusal:
                raise CommandError(_sentences(refusal)) from refusal
        unknown = (f"Unknown key: {key}" for key in read.unknown)
        return Answer({"changed": changed, "unknown": read.unknown}, "\n".join([f"Changed: {changed}.", *unknown]))


def _told(rows: list[Row]) -> Answer:
    facts = [
        {
            "sentence": row.sentence.text,
            "pages": sorted(row.sentence.pages),
            "product": list(row.product),
            "texts": list(row.own),
            "is_outdated": row.is_outdated,
        }
        for row in rows
    ]
    lines = [f"{row.sentence.text}\n    {' / '.join(row.own) or '(as the product says it)'}" for row in rows]
    return Answer({"sentences": facts}, "\n".join(lines) or "No sentences match.")


def _sentences(refusal: Refused) -> str:
    return "\n".join(
        f"“{problem.field}”: {problem.sentence}" if problem.field else problem.sentence for problem in refusal.problems
    )


def _flow(options: dict[str, Any]) -> Any:
    return user_flow_named(options["flow"]).pk if options["flow"] else None


def _require_language(code: str) -> None:
    if code not in LANGUAGES:
        raise CommandError(f"--language: Choose one of: {', '.join(sorted(LANGUAGES))}.")


def _json_in(path: Path) -> Any:
    try:
        return told_in(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
