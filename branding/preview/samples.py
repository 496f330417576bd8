"""Customer pages to try a look on, offered by whoever owns them, and the languages they can be shown in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise

from branding.languages.offered import offer
from branding.look import Look
from common.text.languages import served_by
from common.text.spoken import Words, speaking, speaking_language


@dataclass(frozen=True)
class Sample:
    """What customers see, shown without one. `context` makes of the look what its template needs beside it."""

    key: str
    name: str | Promise
    template: str
    context: Callable[[Look], dict[str, Any]]


_samples: dict[str, Sample] = {}


def offer_sample(sample: Sample) -> None:
    """Let administrators see their branding on this page. Called while the product starts."""
    _samples[sample.key] = sample


def samples() -> Sequence[Sample]:
    """All pages on offer, in the order in which they were offered."""
    return list(_samples.values())


def html_of_sample(key: str, *, look: Look, language: str, style_sheet: str, words: Words) -> str:
    """The page of that key, or the first one, as a customer would see it in styles at this address, in these words."""
    sample = _samples.get(key) or samples()[0]
    offered = offer()
    with speaking_language(*offered.spoken_as(language)), speaking(words):
        page = {
            "look": look,
            "spoken": offered.language(language),
            "has_languages": len(offered.codes) > 1,
            "is_sample": True,
            "style_sheet": style_sheet,
        }
        return render_to_string(sample.template, {**page, **sample.context(look)})


def preview_language(locale: str, chosen: str = "") -> str:
    """The language in which a page for this locale speaks: its own, if the pages are translated, else English."""
    return served_by(locale or chosen, [language.code for language in offer().known]) or settings.LANGUAGE_CODE


def preview_languages(locale: str) -> Sequence[tuple[str, str]]:
    """What to choose from: all translations for the default branding; a language's branding is shown in its own."""
    return [] if locale else [(language.code, language.name) for language in offer().known]
