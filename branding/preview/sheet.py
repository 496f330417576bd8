"""The sheet: all samples beside each other, in chosen languages, light and dark, on a phone and a desktop."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branding.brands.fallback import Layer
from branding.languages.offered import offer
from branding.looks.choices import DARK, LIGHT
from branding.models import Theme
from branding.preview.drafts import look_of, words_of_draft
from branding.preview.samples import (
    Sample,
    SampleGroup,
    at_once,
    html_of_sample,
    sample_named,
    samples,
    samples_by_group,
)

PHONE, DESKTOP = "phone", "desktop"
SIZES, SCHEMES = (PHONE, DESKTOP), (LIGHT, DARK)
VARIANTS = "variants"
MOST_LANGUAGES = 6
NAMES = {
    LIGHT: pgettext_lazy("look", "Light"),
    DARK: pgettext_lazy("look", "Dark"),
    PHONE: _("Phone"),
    DESKTOP: _("Desktop"),
}


@dataclass(frozen=True)
class Chosen:
    """One sample, in one language, light or dark."""

    sample: Sample
    language: str
    scheme: str

    @property
    def query(self) -> str:
        """The part of an address that asks for it."""
        return urlencode({"page": self.sample.key, "in": self.language, "scheme": self.scheme})

    @property
    def in_dark(self) -> "Chosen":
        """The same in the dark."""
        return replace(self, scheme=DARK)


@dataclass(frozen=True)
class Picture:
    """One of them on a phone or a desktop."""

    chosen: Chosen
    size: str

    @property
    def label(self) -> str:
        """What tells it from others of the same sample."""
        return " · ".join(
            (offer().language(self.chosen.language).own, str(NAMES[self.chosen.scheme]), str(NAMES[self.size]))
        )


@dataclass(frozen=True)
class Sheet:
    """What stands on it: of which groups, in which languages, schemes and sizes, and whether in all states."""

    groups: Sequence[SampleGroup]
    languages: Sequence[str]
    schemes: Sequence[str]
    sizes: Sequence[str]
    with_variants: bool = False

    @property
    def rows(self) -> list[tuple[SampleGroup, list[tuple[Sample, list[Picture]]]]]:
        """The groups, each with its samples and their pictures."""
        return [
            (group, [(sample, self._pictures_of(sample)) for sample in found])
            for group, found in samples_by_group(with_variants=self.with_variants)
            if group in self.groups
        ]

    def _pictures_of(self, sample: Sample) -> list[Picture]:
        ways = product(self.languages, self.schemes, self.sizes)
        return [Picture(Chosen(sample, language, scheme), size) for language, scheme, size in ways]


def chosen_in(asked: QueryDict, *, usual: str, group: SampleGroup | None = None) -> Chosen:
    """What an address asks for, each one that there is, of the group alone, in whatever state; without a language the
    `usual` one.
    """
    language = asked.get("in", "")
    scheme = DARK if asked.get("scheme") == DARK else LIGHT
    sample = sample_named(asked.get("page", ""), among=samples(group, with_variants=True))
    return Chosen(sample, language if language in _codes() else usual, scheme)


def html_of(chosen: Chosen, layers: Sequence[Layer], *, tenant_name: str, theme: Theme | None) -> str:
    """The page in the look that these brandings make, and in the words of the draft."""
    look = look_of(layers, tenant_name=tenant_name, scheme=chosen.scheme)
    with at_once():
        return html_of_sample(chosen.sample.key, look=look, language=chosen.language, words=words_of_draft(theme))


def sheet_in(asked: QueryDict, *, usual: Sequence[str]) -> Sheet:
    """The sheet that an address asks for; without a word of it, sign-in in the `usual` languages, light, on a phone."""
    languages = _known(asked.getlist("in"), _codes()) or list(usual)
    return Sheet(
        [SampleGroup(each) for each in _known(asked.getlist("group"), list(SampleGroup))] or [SampleGroup.SIGN_IN],
        languages[:MOST_LANGUAGES],
        _known(asked.getlist("scheme"), SCHEMES) or [LIGHT],
        _known(asked.getlist("size"), SIZES) or [PHONE],
        with_variants=VARIANTS in asked.getlist("states"),
    )


def _codes() -> list[str]:
    return [language.code for language in offer().known_by_own_name]


def _known(asked: Sequence[str], there_are: Sequence[str]) -> list[str]:
    """Those that were asked for, in the order in which they are known."""
    return [each for each in there_are if each in asked]
