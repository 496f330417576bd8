"""What of a tenant's words is asked for, and what was typed in their editor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from branding.languages.offered import catalogue_of, offer
from branding.models import Theme
from branding.words.pages import PAGES, Page, page_named
from branding.words.rows import Filter, SentenceRow
from branding.words.rules import tidied
from branding.words.table import examples_of, sentences
from branding.words.where import Where, of_brand
from common.problems import Problem
from common.text.ids import uuid_of
from common.text.languages import ENGLISH, Language
from common.versions import version_of
from portal_frame.forms import PortalForm
from portal_frame.lists import MAX_SEARCH
from userflows.models import UserFlow

ALL, CHANGED, OUTDATED = "", "changed", "outdated"
STATES = {ALL: _("All"), CHANGED: _("Changed"), OUTDATED: _("Outdated")}


@dataclass(frozen=True)
class SentenceQuery:
    """Which sentences are to be seen: in which language, everywhere or in a user flow or a theme, and which of them."""

    language: Language
    place: UserFlow | Theme | None
    wanted: Filter
    state: str

    @property
    def theme(self) -> Theme | None:
        """The theme whose words they are; None for those of the tenant's own brand."""
        return self.place if isinstance(self.place, Theme) else None

    @property
    def where(self) -> Where:
        """Where they are said."""
        if self.place is None or self.theme:
            return of_brand(self.theme)
        return Where(user_flow=self.place.pk)


def asked_in(given: QueryDict) -> SentenceQuery:
    """What an address asks for; what it doesn't say, or what there isn't, is the usual."""
    language = offer().find(given.get("language", "")) or offer().language(ENGLISH)
    place = _place_of(given.get("where", ""))
    state = given.get("state", "")
    page = given.get("page", "") if page_named(given.get("page", "")) else ""
    words = given.get("q", "").strip()[:MAX_SEARCH]
    wanted = Filter(words, page, state == CHANGED, state == OUTDATED)
    return SentenceQuery(language, place, wanted, state if state in STATES else ALL)


def _place_of(named: str) -> UserFlow | Theme | None:
    """The user flow or the theme of this ID."""
    pk = uuid_of(named)
    return (UserFlow.objects.filter(pk=pk).first() or Theme.objects.filter(pk=pk).first()) if pk else None


@cache
def _by_name() -> Mapping[str, str]:
    return {name_of(text): text for text in sentences()}


def name_of(sentence: str) -> str:
    """What a sentence is called in a form."""
    return sha256(sentence.encode()).hexdigest()[:12]


def typed_in(sent: QueryDict) -> dict[str, list[str]]:
    """What was typed in place of each sentence that was shown."""
    shown = ((name, _by_name().get(name)) for name in sent.getlist("sentence"))
    return {text: sent.getlist(name) for name, text in shown if text is not None}


def wished_in(sent: QueryDict) -> dict[str, list[str]]:
    """Of that what isn't as it was shown, and what shall stay though the product says it otherwise by now."""
    confirmed, seen = sent.getlist("keep"), seen_in(sent)
    return {
        text: typed
        for text, typed in typed_in(sent).items()
        if name_of(text) in confirmed or version_of(_or_none(typed)) != seen[text]
    }


def seen_in(sent: QueryDict) -> dict[str, str]:
    """The version of each sentence that was shown."""
    return {text: sent.get(f"seen-{name_of(text)}", "") for text in typed_in(sent)}


def _or_none(typed: Sequence[str]) -> list[str]:
    tidy = [tidied(text) for text in typed]
    return tidy if any(tidy) else []


@dataclass(frozen=True)
class Box:
    """One form of a sentence in the editor. `when` tells numbers that use it, where it counts."""

    value: str
    default: str
    when: str = ""
    problem: str = ""


@dataclass(frozen=True)
class EditorRow:
    """A sentence in the editor. `seen` is the version it is kept in, `theirs` what somebody else has made of it
    since it was shown.
    """

    row: SentenceRow
    name: str
    seen: str
    boxes: Sequence[Box]
    pages: Sequence[Page]
    problem: str = ""
    theirs: Sequence[str] = ()


def editor_row(
    row: SentenceRow, language: str, *, typed: Sequence[str] | None = None, problems: Iterable[Problem] = ()
) -> EditorRow:
    """The row with what was typed, or is kept, and what is wrong with it."""
    mine = [problem for problem in problems if problem.field == row.sentence.text]
    by_place = {problem.item: problem.sentence for problem in mine if problem.item}
    values = typed if typed is not None else row.own
    whens = [_numbers(numbers) for numbers in examples_of(catalogue_of(language))] if row.sentence.counts else [""]
    boxes = [
        Box(
            value=values[place] if place < len(values) else "",
            default=default,
            when=whens[place],
            problem=by_place.get(str(place), ""),
        )
        for place, default in enumerate(row.before)
    ]
    return EditorRow(
        row,
        name_of(row.sentence.text),
        version_of(list(row.own)),
        boxes,
        [page for page in PAGES if page.key in row.sentence.pages],
        problem=next((problem.sentence for problem in mine if not problem.item), ""),
        theirs=row.own if typed is not None and _or_none(typed) != list(row.own) else (),
    )


def _numbers(numbers: Sequence[int]) -> str:
    """The first of them, such as 2, 3, 4, …; all if there are no more."""
    told = ", ".join(map(str, numbers[:3]))
    return f"{told}, …" if len(numbers) > 3 else told


class FileForm(PortalForm):
    """A file of words. Whatever is wrong with what stands in it, the service says."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ".json,application/json"}), allow_empty_file=True
    )
