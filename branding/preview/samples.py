"""Customer pages and mails to try a look on, offered by whoever owns them, and the languages they can be shown in."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from branding.languages.offered import offer
from branding.look import Look
from branding.preview.drafts import style_sheet_in
from common.text.languages import served_by
from common.text.spoken import SpokenWords, speaking, speaking_language


class SampleGroup(StrEnum):
    """Where a sample belongs, in the order in which they are shown."""

    SIGN_IN = "sign_in"
    SECOND_FACTORS = "second_factors"
    APPLICATIONS = "applications"
    ACCOUNT = "account"
    LINKS = "links"
    SIGN_OUT = "sign_out"
    DEAD_ENDS = "dead-ends"
    MAILS = "mails"

    @property
    def label(self) -> str:
        """What administrators call it."""
        return str(_LABELS[self])


_LABELS = {
    SampleGroup.SIGN_IN: _("Sign-in and sign-up"),
    SampleGroup.SECOND_FACTORS: _("Second factors"),
    SampleGroup.APPLICATIONS: _("Applications and devices"),
    SampleGroup.ACCOUNT: _("My account"),
    SampleGroup.LINKS: _("Links from emails"),
    SampleGroup.SIGN_OUT: _("Sign-out"),
    SampleGroup.DEAD_ENDS: _("Errors and dead ends"),
    SampleGroup.MAILS: _("Emails"),
}
MAILS = "emails/"


Tell = Callable[[Look], dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    """What customers see, shown without one, and called by its own heading as a rule.

    `context` makes of the look what its template needs beside it. A variant is another state `of` a page or mail, and
    called by what is read in it.
    """

    key: str
    name: str | Promise
    template: str
    context: Tell
    group: SampleGroup
    of: "Sample | None" = None

    @property
    def label(self) -> str:
        """What tells it from all others of its group."""
        return f"{self.of.name} · {self.name}" if self.of else str(self.name)

    def variant(
        self, state: str, name: str | Promise, tell: Tell = lambda _look: {}, *, template: str = "", **told: Any
    ) -> "Sample":
        """It in another state: its template, or another one, is `told` this besides, and what `tell` makes of the
        look.
        """
        return replace(
            self,
            key=f"{self.key}.{state}",
            name=name,
            template=template or self.template,
            context=lambda look: {**self.context(look), **told, **tell(look)},
            of=self,
        )

    @property
    def mail(self) -> str:
        """What the mail is called in `templates/emails`; "" for a page."""
        return self.template.removeprefix(MAILS).removesuffix(".html") if self.group == SampleGroup.MAILS else ""


_samples: dict[str, Sample] = {}
_asking: list[Callable[[], Hashable]] = []


def offer_samples(*offered: Sample) -> None:
    """Let administrators see their branding on these. Called while the product starts."""
    _samples.update({sample.key: sample for sample in offered})


def tell_samples_apart(asked: Callable[[], Hashable]) -> None:
    """Let it be known what samples ask of the tenant beside its look. Called while the product starts."""
    _asking.append(asked)


def asked_of_tenant() -> Hashable:
    """What they ask of the tenant being served: with the same answers they are the same for each tenant."""
    return tuple(asked() for asked in _asking)


def samples(group: SampleGroup | None = None, *, with_variants: bool = False) -> Sequence[Sample]:
    """All on offer, or those of a group, by groups and then in the order in which they were offered; variants, if they
    are asked for, behind what they are of.
    """
    groups = [group] if group else list(SampleGroup)
    found = [sample for each in groups for sample in _samples.values() if sample.group == each]
    plain = [sample for sample in found if sample.of is None]
    if not with_variants:
        return plain
    return [each for sample in plain for each in (sample, *(other for other in found if other.of == sample))]


def samples_by_group(*, with_variants: bool = False) -> Sequence[tuple[SampleGroup, Sequence[Sample]]]:
    """The groups, each with what is on offer in it."""
    return [(group, found) for group in SampleGroup if (found := samples(group, with_variants=with_variants))]


def sample_named(key: str, *, among: Sequence[Sample] = ()) -> Sample:
    """The one of that key, or the first; of all, variants included, if none are given."""
    there_are = among or samples(with_variants=True)
    return next((sample for sample in there_are if sample.key == key), there_are[0])


_shows_all: ContextVar[bool] = ContextVar("shows_all", default=True)


def shows_all() -> bool:
    """Whether a page shows all that may be wrong with its form, as when a sentence is looked for, or what somebody
    sees at once who sends it.
    """
    return _shows_all.get()


@contextmanager
def at_once() -> Iterator[None]:
    """While it lasts, pages show what is seen at once."""
    token = _shows_all.set(False)
    try:
        yield
    finally:
        _shows_all.reset(token)


def html_of_sample(key: str, *, look: Look, language: str, words: SpokenWords) -> str:
    """The page or mail of that key, or the first one, as a customer would see it in these words, light or dark as the
    look says.
    """
    return drawn(sample_named(key), look=look, language=language, words=words)


def drawn(
    sample: Sample, *, look: Look, language: str, words: SpokenWords | None, has_languages: bool | None = None
) -> str:
    """The same of a sample, which needn't be on offer. Whether it `has_languages` to choose from is as with the tenant,
    unless it is said.
    """
    offered = offer()
    with speaking_language(*offered.spoken_as(language)), speaking(words):
        page = {
            "look": look,
            "spoken": offered.language(language),
            "has_languages": len(offered.codes) > 1 if has_languages is None else has_languages,
            "is_sample": True,
            "style_sheet": style_sheet_in(look.color_scheme),
            "subject": f"{MAILS}{sample.mail}.subject.txt" if sample.mail else "",
        }
        return render_to_string(sample.template, {**page, **sample.context(look)})


def preview_language(locale: str, chosen: str = "") -> str:
    """The language in which a page for this locale speaks: its own, if the pages are translated, else English."""
    return served_by(locale or chosen, [language.code for language in offer().known]) or settings.LANGUAGE_CODE


def preview_languages(locale: str) -> Sequence[tuple[str, str]]:
    """What to choose from: all translations for the default branding; a language's branding is shown in its own."""
    return [] if locale else [(language.code, language.name) for language in offer().known]
