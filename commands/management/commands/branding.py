import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from audit.services import Actor
from branding.brands.content import words_in
from branding.description import FIELDS, SWITCHES
from branding.imports.archives import archived
from branding.imports.files import MOST_FILES, Brought
from branding.imports.services import Line, take_branding
from branding.languages.locales import locale_named
from branding.languages.offered import LanguageRules, Offer, OwnLanguage
from branding.languages.services import add_language_of_ones_own, remove_language_of_ones_own
from branding.languages.services import apply as apply_languages
from branding.languages.services import describe as describe_languages
from branding.looks.crops import Crop
from branding.models import CROPS, DEFAULT, Branding, BrandingImage, BrandVersion, DraftLink, Theme
from branding.services import add_language, delete_language, update_branding
from branding.telling.css import judged_css
from branding.themes.services import ThemeDescription, apply_theme, create_theme, delete_theme, describe_theme
from branding.versions.links import make_link, take_link_back
from branding.versions.scheduling import schedule, unschedule
from branding.versions.services import discard, draft_of, is_published, lock, newest, publish, restore, scheduled
from branding.words.flows import names_of_flows
from commands.answers import Answer, VerbCommand
from commands.named import serving, theme_named
from commands.published import (
    add_link,
    add_time,
    facts_of,
    facts_of_link,
    history_in_words,
    links_in_words,
    moment_of,
)
from commands.written_files import write_file
from common.text.languages import ENGLISH
from tenants.addressing import base_url

ACTOR = Actor.command()
# As much as `show --zip` may write, which is more than a browser may send.
MOST_JSON = 32 * 1024**2
SWITCHED = {"": None, "yes": True, "no": False}


class Command(VerbCommand):
    help = "Change the draft of a tenant's branding or of a theme, publish it, and have earlier versions back."

    def add_verbs(self) -> None:
        told = self._of_brand("show", self.show, "say what the draft sets, and how it stands beside what customers see")
        told.add_argument("--zip", metavar="FILE", type=Path, help="write an archive for import, with the pictures")
        change = self._of_brand("set", self.set, "change fields of the draft")
        change.add_argument(
            "--language",
            default=DEFAULT,
            help="such as de, or one of the tenant's own; made if there is none; without it, the default",
        )
        change.add_argument(
            "field",
            nargs="*",
            metavar="FIELD=VALUE",
            help=f"empty to let it fall back: {', '.join(FIELDS)}; of a picture whose shape is off "
            f"the part to show, as ACROSS,DOWN,SIZE, empty for the whole: {', '.join(CROPS)}",
        )
        change.add_argument("--css", metavar="FILE", help="a style sheet, for custom_css; - is standard input")
        taken = self._of_brand("import", self.take, "import into the draft what show, or Microsoft Graph, tells of one")
        taken.add_argument("--file", required=True, type=Path, help="JSON, or a ZIP with pictures and CSS beside it")
        taken.add_argument("--check", action="store_true", help="only say what would come of it")
        remove = self._of_brand("remove-language", self.remove_language, "take a language out of the draft")
        remove.add_argument("--language", required=True)
        later = self._of_brand("publish", self.publish, "let customers see the draft, now or later")
        add_time(later)
        self._of_brand("take-back", self.take_back, "publish nothing of what is scheduled")
        self._of_brand("discard", self.discard, "let the draft be what customers see")
        share = self._of_brand("share", self.share, "make a link that shows the draft")
        add_link(share)
        self._of_brand("links", self.links, "list the links that show the draft")
        taken = self._of_brand("take-link-back", self.take_link_back, "let a link open nothing any more")
        taken.add_argument("--link", required=True, metavar="ID", help="as links lists it")
        self._of_brand("history", self.history, "list what was published, the newest first")
        back = self._of_brand("restore", self.restore, "publish an earlier version again; the draft becomes it")
        back.add_argument("--number", type=int, required=True)
        speaks = _of_tenant(self.verb("languages", self.languages, summary="say which languages customers can choose"))
        speaks.add_argument("--offer", action="append", metavar="CODE", help="such as de; repeatable, in place of all")
        speaks.add_argument("--offer-all", action="store_true", help="all there are, with those of later releases")
        speaks.add_argument("--default", metavar="CODE", help="spoken to browsers that ask for none of them")
        made = _of_tenant(self.verb("add-own-language", self.add_own_language, summary="add a language of one's own"))
        made.add_argument("--tag", required=True, help="its BCP 47 tag, such as gsw")
        made.add_argument("--name", required=True, help="what its readers call it")
        made.add_argument(
            "--falls-back-to", default=ENGLISH, metavar="CODE", help="says what isn't said in it yet (en)"
        )
        made.add_argument("--right-to-left", action="store_true")
        gone = _of_tenant(self.verb("remove-own-language", self.remove_own_language, summary="remove such a language"))
        gone.add_argument("--language", required=True, metavar="CODE")
        _of_tenant(self.verb("themes", self.themes, summary="list the themes, and which applications have them"))
        add = _of_tenant(self.verb("add-theme", self.add_theme, summary="make a theme"))
        add.add_argument("--name", required=True)
        named = _of_tenant(self.verb("change-theme", self.change_theme, summary="name a theme, and say who has it"))
        named.add_argument("--name")
        for parser in (add, named):
            parser.add_argument("--client-id", action="append", help="an application that has it; repeatable")
        gone = _of_tenant(self.verb("delete-theme", self.delete_theme, summary="delete a theme with its versions"))
        for parser in (named, gone):
            parser.add_argument("--theme", required=True, help="its name, or as themes lists it")

    def _of_brand(self, name: str, run: Any, summary: str) -> CommandParser:
        parser = _of_tenant(self.verb(name, run, summary=summary))
        parser.add_argument("--theme", help="of a theme, by its name or ID; without it, the tenant's own")
        return parser

    def show(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            theme = _theme(options)
            draft, shown, waiting = draft_of(theme), newest(theme), scheduled(theme)
            words = words_in(draft)
            facts = {
                "brandings": draft["brandings"],
                "crops": _crops(theme),
                "words": words,
                "user_flows": {flow: name for flow, name in names_of_flows().items() if flow in words},
                "version": shown.number if shown else None,
                "is_published": is_published(theme),
                "due_at": waiting.due_at.isoformat() if waiting and waiting.due_at else None,
            }
            if options["zip"]:
                write_file(options["zip"], [archived(facts, theme)])
        lines = [
            f"{locale or 'default'}: {', '.join(_said(name, value) for name, value in fields.items()) or 'nothing'}"
            for locale, fields in draft["brandings"].items()
        ]
        state = "Customers see it." if facts["is_published"] else "It isn't published."
        return Answer(facts, "\n".join([*lines, state]))

    def set(self, options: dict[str, Any]) -> Answer:
        fields, crops = _fields(options["field"])
        if options["css"] is not None:
            fields["custom_css"] = _style_sheet(options["css"])
        if not fields and not crops:
            raise CommandError("Name a field, as FIELD=VALUE, or a file by --css.")
        with serving(options["tenant"]):
            theme, locale = _theme(options), locale_named(options["language"])
            if not Branding.objects.of_brand(theme).filter(locale=locale).exists():
                add_language(locale=locale, theme=theme, actor=ACTOR)
            update_branding(locale=locale, fields=fields, crops=crops, theme=theme, actor=ACTOR)
            kept = draft_of(theme)["brandings"][locale]
            judged = judged_css(locale, theme) if "custom_css" in fields else {}
        told = [f"Line {each['line']} isn't used: {each['reason']}" for each in judged.get("left_out", ())]
        told += [_faint_in_words(each) for each in judged.get("contrast", ())]
        told += _unknown_in_words(judged)
        said = "The draft is changed. `manage.py branding publish` lets customers see it."
        return Answer(kept | judged, "\n".join([*told, said]))

    def take(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]), transaction.atomic():
            theme = _theme(options)
            # Two that take languages in another order would wait for each other.
            lock(theme)
            try:
                with options["file"].open("rb") as file:
                    report = take_branding(
                        Brought(file, most_json=MOST_JSON), theme=theme, most_files=MOST_FILES, actor=ACTOR
                    )
                transaction.set_rollback(options["check"])
            except OSError as error:
                raise CommandError(f"{options['file']} can't be read: {error.strerror}.") from error
        return Answer({"report": [vars(line) for line in report]}, "\n".join(map(_reported, report)))

    def remove_language(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            theme, locale = _theme(options), locale_named(options["language"])
            if not locale or not Branding.objects.of_brand(theme).filter(locale=locale).exists():
                raise CommandError("The draft has no branding for this language. `manage.py branding show` names all.")
            delete_language(locale=locale, theme=theme, actor=ACTOR)
        return Answer({"language": locale}, f"{locale} is taken out of the draft.")

    def publish(self, options: dict[str, Any]) -> Answer:
        due_at = moment_of(options["at"]) if options["at"] else None
        with serving(options["tenant"]):
            if due_at:
                schedule(due_at=due_at, theme=_theme(options), actor=ACTOR)
                return Answer({"due_at": due_at.isoformat()}, f"It will be published at {due_at.isoformat()}.")
            version = publish(theme=_theme(options), actor=ACTOR)
        return Answer(facts_of(version), f"Version {version.number} is published.")

    def take_back(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            unschedule(theme=_theme(options), actor=ACTOR)
        return Answer({}, "Nothing is scheduled.")

    def discard(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            theme = _theme(options)
            discard(theme=theme, actor=ACTOR)
            draft = draft_of(theme)
        return Answer(dict(draft), "The draft is discarded.")

    def share(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            path = make_link(theme=_theme(options), days=options["days"], note=options["note"], actor=ACTOR)
            link = urljoin(base_url(tenant), path)
        return Answer({"link": link}, link)

    def links(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            found = [facts_of_link(link) for link in DraftLink.objects.of_brand(_theme(options)).alive()]
        return Answer({"links": found}, links_in_words(found))

    def take_link_back(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            links = DraftLink.objects.of_brand(_theme(options)).alive()
            link = next((each for each in links if str(each.pk) == options["link"]), None)
            if link is None:
                raise CommandError("There is no such link. `manage.py branding links` lists them all.")
            take_link_back(link, actor=ACTOR)
        return Answer({"link": options["link"]}, "The link opens nothing any more.")

    def history(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rows = BrandVersion.objects.of_brand(_theme(options)).filter(number__isnull=False)
            found = [facts_of(row) for row in rows]
        return Answer({"versions": found}, history_in_words(found))

    def restore(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rows = BrandVersion.objects.of_brand(_theme(options))
            version = rows.filter(number=options["number"]).first()
            if version is None:
                raise CommandError("There is no such version. `manage.py branding history` lists them all.")
            restored = restore(version, actor=ACTOR)
        return Answer(
            facts_of(restored), f"Version {options['number']} is published again, as version {restored.number}."
        )

    def languages(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            now = describe_languages()
            offered = () if options["offer_all"] else tuple(sorted(set(options["offer"] or now.offered)))
            apply_languages(LanguageRules(offered, options["default"] or now.default), actor=ACTOR)
            return _languages()

    def add_own_language(self, options: dict[str, Any]) -> Answer:
        language = OwnLanguage(options["tag"], options["name"], options["right_to_left"], options["falls_back_to"])
        with serving(options["tenant"]):
            add_language_of_ones_own(language, actor=ACTOR)
            return _languages()

    def remove_own_language(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            remove_language_of_ones_own(options["language"], actor=ACTOR)
            return _languages()

    def themes(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            found = [_facts_of_theme(theme) for theme in Theme.objects.all()]
        lines = [f"{each['id']}  {each['name']}  {len(each['client_ids'])} applications" for each in found]
        return Answer({"themes": found}, "\n".join(lines) or "There is none.")

    def add_theme(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            wished = ThemeDescription(options["name"], tuple(options["client_id"] or ()))
            theme = create_theme(wished, actor=ACTOR)
            return Answer(_facts_of_theme(theme), f"{theme.name} is added. Nothing of it is published yet.")

    def change_theme(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            theme = _theme(options)
            assert theme is not None  # noqa: S101 - tells the type checker
            wished = describe_theme(theme)
            if options["name"] is not None:
                wished = replace(wished, name=options["name"])
            if options["client_id"] is not None:
                wished = replace(wished, client_ids=tuple(each for each in options["client_id"] if each))
            apply_theme(theme, wished, actor=ACTOR)
            theme.refresh_from_db()
            return Answer(_facts_of_theme(theme), f"{theme.name} is changed.")

    def delete_theme(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            theme = _theme(options)
            assert theme is not None  # noqa: S101 - tells the type checker
            facts = _facts_of_theme(theme)
            delete_theme(theme, actor=ACTOR)
        return Answer(facts, f"{facts['name']} is deleted.")


def _languages() -> Answer:
    """What is offered now."""
    offer = Offer(describe_languages())
    facts = {"offered": list(offer.codes), "default": offer.default}
    return Answer(facts, f"{', '.join(offer.codes)}; by default {offer.default}")


def _of_tenant(parser: CommandParser) -> CommandParser:
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    return parser


def _theme(options: dict[str, Any]) -> Theme | None:
    """The theme that the option names; None for the tenant's own brand."""
    return theme_named(options["theme"]) if options["theme"] is not None else None


def _fields(given: list[str]) -> tuple[dict[str, Any], dict[BrandingImage.Kind, Crop | None]]:
    """The fields of a branding as they were typed, and which parts of its pictures are to be shown."""
    fields: dict[str, Any] = {}
    crops: dict[BrandingImage.Kind, Crop | None] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if name in CROPS and equals:
            crops[CROPS[name]] = _crop(name, value)
            continue
        if name not in FIELDS or not equals:
            raise CommandError(f"{each}: write FIELD=VALUE, with one of these: {', '.join([*FIELDS, *CROPS])}.")
        if name in SWITCHES and value not in SWITCHED:
            raise CommandError(f"{name}: write yes, no or nothing.")
        fields[name] = SWITCHED[value] if name in SWITCHES else value.replace("\\n", "\n")
    return fields, crops


def _crop(name: str, value: str) -> Crop | None:
    """The part that was typed; None for the whole."""
    if not value:
        return None
    try:
        across, down, size = map(int, value.split(","))
    except ValueError as error:
        raise CommandError(f"{name}: write ACROSS,DOWN,SIZE, such as 50,50,80, or nothing.") from error
    return Crop(across, down, size)


def _crops(theme: Theme | None) -> dict[str, dict[str, list[int]]]:
    """Of the draft, by language, which parts of pictures are shown, by the names under which they are said."""
    found: dict[str, dict[str, list[int]]] = {}
    rows = BrandingImage.objects.filter(branding__in=Branding.objects.of_brand(theme), crop__isnull=False)
    for locale, kind, crop in rows.order_by("kind").values_list("branding__locale", "kind", "crop"):
        found.setdefault(str(locale), {})[f"{kind}_crop"] = list(crop or ())
    return found


def _style_sheet(name: str) -> str:
    """The text of a file."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--css: {name} can't be read as text in UTF-8.") from error
    return text.replace("\0", "")


def _reported(line: Line) -> str:
    """What became of one thing, in a line."""
    where = f"{line.language or 'default'}: {line.name} -> {line.ours or 'not taken'}"
    return f"{where}. {line.note}" if line.note else where


def _faint_in_words(told: dict[str, Any]) -> str:
    """A pair that can't be read, in a line."""
    pair = "Line {line}, {scheme} pages: {part} is {front} on {back}, {ratio}:1; {needed:g}:1 is needed.".format(**told)
    return f"{pair} {told['fix']} would do." if told["fix"] else pair


def _unknown_in_words(judged: dict[str, Any]) -> list[str]:
    """What isn't told or known of the contrast of a style sheet, a line for each."""
    lines = {
        "more": f"{judged.get('more')} more can't be read.",
        "on_picture": f"On the background image stand {', '.join(judged.get('on_picture', ()))}: look at them.",
        "is_judged_in_part": "It is too large for all of it to be checked for contrast.",
    }
    return [line for name, line in lines.items() if name in judged]


def _said(name: str, value: Any) -> str:
    """A field for people, a style sheet by how long it is."""
    return f"{name}: {len(value.splitlines())} lines" if name == "custom_css" else f"{name}={value}"


def _facts_of_theme(theme: Theme) -> dict[str, Any]:
    described = describe_theme(theme)
    return {"id": str(theme.pk), "name": described.name, "client_ids": list(described.client_ids)}
