"""Customer pages to try a look on, and the languages they can be shown in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_bidi

from branding.languages import lookup_chain, name_of
from branding.look import Look

SAMPLE_ADDRESS = "robin@example.com"


@dataclass(frozen=True)
class Sample:
    """A customer page that can be shown without a customer."""

    key: str
    name: str
    template: str


SAMPLES = (
    Sample("sign_in", "Sign-in", "customer/sign_in.html"),
    Sample("sign_up", "Sign-up", "customer/sign_up.html"),
    Sample("code", "One-time code", "customer/code.html"),
)


def sample_named(key: str) -> Sample:
    """The sample of that key, or the first one."""
    return next((sample for sample in SAMPLES if sample.key == key), SAMPLES[0])


def preview_language(locale: str, chosen: str = "") -> str:
    """The language in which a page for this locale speaks: its own, if the pages are translated, else English."""
    translated = [code for code, _ in settings.LANGUAGES]
    chain = lookup_chain(locale or chosen, translated)
    return chain[0] if chain else settings.LANGUAGE_CODE


def preview_languages(locale: str) -> Sequence[tuple[str, str]]:
    """What to choose from: all translations for the default branding; a language's branding is shown in its own."""
    return [] if locale else [(code, name_of(code)) for code, _ in settings.LANGUAGES]


def context_of(sample: Sample, look: Look) -> dict[str, Any]:
    """What the sample's template shows, in the language active now."""
    return {
        "look": look,
        "language": get_language(),
        "is_right_to_left": get_language_bidi(),
        "languages": settings.LANGUAGES,
        "application_name": "",
        "sample": sample.key,
    }
