"""Taking a branding along: into the draft, as far as it has a place here, with a report of all that stands in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import Actor
from branding.imports import own
from branding.imports.files import Brought, tail_of
from branding.imports.graph import CSS, UNKNOWN, WORDS, brandings_in, names_beside
from branding.imports.graph import PICTURES as THEIR_PICTURES
from branding.imports.graph import Branding as Theirs
from branding.imports.words import take_words
from branding.languages.every import find_any_language
from branding.languages.locales import locale_named
from branding.languages.offered import offer
from branding.looks.crops import Crop
from branding.models import CROPS, DEFAULT, Branding, BrandingImage, Theme
from branding.policies import custom_css_problem
from branding.services import add_language, update_branding
from branding.styles.reading import read_sheet
from common.problems import Code, Problem, Refused
from common.text.languages import LANGUAGES, served_by

PICTURES = THEIR_PICTURES | own.PICTURES
OF_CSS = "custom_css"
OF_WORDS = "words"
# Of images and style sheets, while a browser waits.
MOST_AT_ONCE = 40
MOST_BRANDINGS = 100


@dataclass(frozen=True)
class Line:
    """What became of one thing: in which language it stands there, its name there, and the field, the kind of picture
    or `words` that it is here; "" if it has no place, or isn't taken. `note` says why not, or what to know of it.
    """

    language: str
    name: str
    ours: str = ""
    note: str = ""


Report = list[Line]


def take_branding(
    brought: Brought, *, theme: Theme | None = None, most_files: int = MOST_AT_ONCE, actor: Actor
) -> Report:
    """Let the draft of a brand say what was brought along; what that doesn't say stays.

    At most so many images and style sheets are taken; each is decoded meanwhile, as often as it is used.
    What can't be taken is in the report, and the rest is taken all the same. Raises `Refused` if there is no branding.
    """
    report, found = Report(), list[Theirs]()
    for name, answer in brought.told():
        theirs = brandings_in(answer)
        if theirs:
            report += [Line("", each, note=str(UNKNOWN)) for each in names_beside(answer)]
        else:
            theirs = own.brandings_in(answer)
        found += theirs
        if not theirs and name:
            report.append(Line("", name, note=_("This file isn’t a branding.")))
    if not found:
        sentence = _(
            "There’s no branding in this file. Import what Microsoft Graph returns for organizationalBranding, or what "
            "“manage.py branding show --zip” writes or “show --json” prints of a branding that isn’t empty."
        )
        raise Refused([Problem(Code.INVALID, "file", sentence)])
    if len(found) > MOST_BRANDINGS:
        sentence = _("At most %(most)d brandings can be imported at once.") % {"most": MOST_BRANDINGS}
        raise Refused([Problem(Code.INVALID, "file", sentence)])
    used, taken = list[str](), dict[str, Theirs]()
    for branding in found:
        locale = locale_of(branding.language)
        if locale is None or locale in taken:
            # The default may stand in two answers.
            if locale is None or taken[locale] != branding:
                report.append(Line(branding.language, "", note=_not_taken(locale, taken)))
            continue
        taken[locale] = branding
        report += _Taking(brought, branding, locale, theme, most_files, actor).lines(used)
    told = _("No branding in the archive uses a file of this name.")
    unused = set(brought.files) - set(used)
    report += [Line("", name, note=told) for name in brought.files if name in unused]
    return list(dict.fromkeys(report))


def locale_of(language: str) -> str | None:
    """What a language is called here; None if there is no such language."""
    if not language:
        return DEFAULT
    code = served_by(language, [each.code for each in (*LANGUAGES, *offer().own)])
    return locale_named(code) if code else None


def _not_taken(locale: str | None, taken: Mapping[str, Theirs]) -> str:
    if locale is None:
        return _("There’s no branding for this language.")
    told = _("The branding for %(language)s was already imported for this language.")
    return told % {"language": taken[locale].language or _("Default")}


class _Taking:
    """One branding on its way into the draft."""

    def __init__(
        self, brought: Brought, theirs: Theirs, locale: str, theme: Theme | None, most_files: int, actor: Actor
    ) -> None:
        self.brought, self.theirs, self.locale, self.theme, self.actor = brought, theirs, locale, theme, actor
        self.most_files = most_files
        self.fields: dict[str, Any] = dict(theirs.fields)
        # By their kinds.
        self.images: dict[str, ContentFile[bytes]] = {}
        self.crops: dict[str, Crop] = {}
        self.names: dict[str, str] = dict(theirs.names)
        self.notes: dict[str, str] = {}
        self.refused: list[Line] = []

    def lines(self, used: list[str]) -> Iterator[Line]:
        """Take it; `used` is told each file that belongs to it, as often as it is used."""
        for name in (*PICTURES, CSS):
            self._take_file(name, used)
        self._take_crops()
        self._save()
        for ours, name in self.names.items():
            if ours in self._given:
                yield Line(self.theirs.language, name, ours, self.notes.get(ours, ""))
        yield from self._words()
        yield from self.refused
        for name, why in self.theirs.passed_over.items():
            yield Line(self.theirs.language, name, note=str(why))

    def _take_file(self, name: str, used: list[str]) -> None:
        address = self.theirs.addresses.get(name, "")
        folders = [self.theirs.language.lower()] if self.theirs.language else ["default", "0"]
        tails = [(folder, name.lower()) for folder in folders]
        found = self.brought.find([tail_of(address), *tails] if "/" in address else tails)
        if not found and not self.theirs.language:
            found = self.brought.find_at_top(name.lower())
        if not found:
            if address:
                self._refuse(name, _("The file itself isn’t there. Add it to a ZIP archive."))
            return
        used.append(found)
        if len(used) > self.most_files:
            told = _("Only %(most)d images and style sheets are imported at once.")
            self._refuse(name, told % {"most": self.most_files})
            return
        try:
            content = self.brought.read(found)
        except Refused as refusal:
            self._refuse(name, refusal.problems[0].sentence)
            return
        if name in PICTURES:
            self.images[PICTURES[name]] = ContentFile(content, name)
            self.names[PICTURES[name].value] = name
        else:
            self._take_css(name, content)

    def _take_css(self, name: str, content: bytes) -> None:
        try:
            css = content.decode("utf-8-sig").replace("\0", "")
        except UnicodeDecodeError:
            self._refuse(name, _("This file isn’t text in UTF-8."))
            return
        self.fields[OF_CSS], self.names[OF_CSS] = css, name
        left_out = 0 if custom_css_problem(css) else len(read_sheet(css).left_out)
        told = ngettext(
            "%(count)d thing in it isn’t used: the form says which.",
            "%(count)d things in it aren’t used: the form says which.",
            left_out,
        )
        if left_out:
            self.notes[OF_CSS] = told % {"count": left_out}

    def _take_crops(self) -> None:
        for name, crop in self.theirs.crops.items():
            self.crops[CROPS[name]], self.names[name] = crop, name
        for kind in [each for each in self.crops if each not in self.images]:
            self._leave_out_crop(kind)

    def _save(self) -> None:
        """Change the draft; what is refused is left out, and the rest is tried again."""
        if not Branding.objects.of_brand(self.theme).filter(locale=self.locale).exists():
            add_language(locale=self.locale, theme=self.theme, actor=self.actor)
        given: dict[str, Any] = {"fields": self.fields, "images": self.images, "crops": self.crops}
        while True:
            try:
                update_branding(locale=self.locale, theme=self.theme, actor=self.actor, **given)
            except Refused as refusal:
                named = [each for each in refusal.problems if each.field in self._given]
                if not named:
                    raise
                for problem in named:
                    self._leave_out(problem.field, problem.sentence)
            else:
                break
        if self.crops:
            rows = BrandingImage.objects.croppable().of_draft(self.theme, self.locale)
            croppable = set(rows.values_list("kind", flat=True))
            for kind in [each for each in self.crops if each not in croppable]:
                self._leave_out(f"{kind}_crop", _("All of the picture is shown: its shape fits."))

    @property
    def _given(self) -> set[str]:
        """Our names of all that the draft is to take."""
        return {*self.fields, *self.images, *(f"{kind}_crop" for kind in self.crops)}

    def _leave_out(self, ours: str, why: str) -> None:
        self._refuse(self.names[ours], why)
        self.fields.pop(ours, None)
        self.crops.pop(CROPS.get(ours, ""), None)
        if self.images.pop(ours, None) and ours in self.crops:
            self._leave_out_crop(ours)

    def _leave_out_crop(self, kind: str) -> None:
        """A part is one of the picture that it came with, and of no other."""
        self._leave_out(f"{kind}_crop", _("The picture that it is a part of wasn’t imported."))

    def _words(self) -> Iterator[Line]:
        """Replace sentences. Those of the default are said in the language that is spoken by default."""
        if self.theirs.words is None:
            return
        name = WORDS if WORDS in self.theirs.words else OF_WORDS
        language = find_any_language(self.locale)
        code = language.code if language else offer().default
        try:
            is_taken, left_out = take_words(self.theirs.words, language=code, theme=self.theme, actor=self.actor)
        except Refused as refusal:
            self._refuse(name, refusal.problems[0].sentence)
            return
        if is_taken:
            yield Line(self.theirs.language, name, OF_WORDS)
        for key, why in left_out.items():
            yield Line(self.theirs.language, key, note=why)

    def _refuse(self, name: str, why: str) -> None:
        self.refused.append(Line(self.theirs.language, name, note=why))
