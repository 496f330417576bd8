import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from branding.languages.offered import offer
from branding.words.files import all_words, placed, read_words, told_in, words_in_their_shape
from branding.words.pages import PAGES
from branding.words.rows import Filter, SentenceRow, chosen, rows_in
from branding.words.services import change_words, change_words_everywhere
from branding.words.where import EVERYWHERE, Where
from commands.answers import Answer, VerbCommand
from commands.named import serving, theme_named, user_flow_named
from common.problems import Refused

COMMAND = Actor.command()
OURS, THEIRS = "ours", "entra"


class Command(VerbCommand):
    help = "Say sentences of customer pages and mails in a tenant's own words, in the draft of its branding."

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
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--flow", default="", metavar="NAME", help="in this user flow alone")
        where.add_argument("--theme", default="", metavar="NAME", help="for the applications of this theme alone")
        parser.add_argument("--language", default="" if name in {"import", "export"} else "en", metavar="CODE")
        return parser

    def list_all(self, options: dict[str, Any]) -> Answer:
        wanted = Filter(options["find"], options["page"], options["changed"], options["outdated"])
        with serving(options["tenant"]):
            _require_language(options["language"])
            return _told(chosen(rows_in(options["language"], _where(options)), wanted))

    def set(self, options: dict[str, Any]) -> Answer:
        return self._change(options, options["text"])

    def reset(self, options: dict[str, Any]) -> Answer:
        return self._change(options, [])

    def _change(self, options: dict[str, Any], texts: list[str]) -> Answer:
        language, sentence = options["language"], options["sentence"]
        with serving(options["tenant"]):
            where = _where(options)
            try:
                change_words(language=language, wished={sentence: texts}, where=where, actor=COMMAND)
            except Refused as refusal:
                raise CommandError(_sentences(refusal)) from refusal
            return _told([row for row in rows_in(language, where) if row.sentence.text == sentence])

    def export(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            if options["shape"] == THEIRS:
                _require_language(options["language"])
                told: dict[str, Any] = words_in_their_shape(options["language"], _where(options))
            elif options["language"] or _where(options) != EVERYWHERE:
                raise CommandError("--language, --flow and --theme go with --shape entra: ours holds all of them.")
            else:
                told = all_words()
        return Answer(told, json.dumps(told, ensure_ascii=False, indent=2))

    def take(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            try:
                read = read_words(_json_in(options["file"]), language=options["language"])
                changed = change_words_everywhere(placed(read, _where(options)), actor=COMMAND)
            except Refused as refusal:
                raise CommandError(_sentences(refusal)) from refusal
        unknown = (f"Unknown key: {key}" for key in read.unknown)
        return Answer({"changed": changed, "unknown": read.unknown}, "\n".join([f"Changed: {changed}.", *unknown]))


def _told(rows: list[SentenceRow]) -> Answer:
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
    lines = [f"{row.sentence.text}\n    {_said(row)}" for row in rows]
    return Answer({"sentences": facts}, "\n".join(lines) or "No sentences match.")


def _said(row: SentenceRow) -> str:
    if row.effective == row.product:
        return "(as the product says it)"
    texts = " / ".join(row.effective)
    return texts if row.own else f"({texts})"


def _sentences(refusal: Refused) -> str:
    return "\n".join(
        f"“{problem.field}”: {problem.sentence}" if problem.field else problem.sentence for problem in refusal.problems
    )


def _where(options: dict[str, Any]) -> Where:
    return Where(
        user_flow=user_flow_named(options["flow"]).pk if options["flow"] else None,
        theme=theme_named(options["theme"]).pk if options["theme"] else None,
    )


def _require_language(code: str) -> None:
    if not offer().find(code):
        known = ", ".join(sorted(language.code for language in offer().known))
        raise CommandError(f"--language: Choose one of: {known}.")


def _json_in(path: Path) -> Any:
    try:
        return told_in(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
