"""Which samples each sentence stands on: read off the samples themselves, once for all tenants that look alike."""

import re
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from branding.brands.fallback import Layer
from branding.description import COLORED, FIELDS, BrandingValues
from branding.languages.offered import offer
from branding.look import NEUTRAL, Look, resolve
from branding.looks.choices import CHOICES
from branding.models import DEFAULT
from branding.preview.samples import asked_of_tenant, drawn, samples
from branding.words.in_force import TenantsWords
from branding.words.table import Sentence, forms_of, sentences
from common.text.languages import ENGLISH

# Characters that no sentence has, around the number of one in the table.
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"<[^>]*>")
# By these pages have parts that others haven't.
_PARTS = tuple(name for name in FIELDS if name not in {*COLORED, *CHOICES, "custom_css"})
# A name, or a text, that may be the address of a link as well.
_SOMETHING = "https://example.com/"
_MOST_KEPT = 30
Parts = tuple[tuple[str, Any], ...]


def samples_by_sentence(look: Look) -> Mapping[str, Sequence[str]]:
    """By sentence the keys of the samples and variants that have it in a text of theirs, in the order in which they are
    offered; where none has, of those that hold it: as the title of a page, as the name of a button, or for a script to
    say.

    It is so in each language, for every tenant whose pages have the same parts and ask the same: whoever
    comes first has them drawn.
    """
    parts = tuple((name, _part(name, getattr(look, name))) for name in _PARTS)
    return _read_off(parts, len(offer().codes) > 1, asked_of_tenant())


def _part(name: str, value: Any) -> Any:
    """What tells whether pages have it, and nothing of the tenant."""
    return value if value in {"", NEUTRAL.get(name)} or isinstance(value, bool) else _SOMETHING


@lru_cache(maxsize=_MOST_KEPT)
def _read_off(parts: Parts, has_languages: bool, _asked: Hashable) -> Mapping[str, Sequence[str]]:
    """Each sample is drawn once, with a mark in place of each sentence, for all tenants that answer alike."""
    values = BrandingValues(**dict(parts))
    look = resolve([Layer(is_of_theme=False, locale=DEFAULT, values=values)], tenant_name=_SOMETHING)
    texts = list(sentences())
    marks = {
        text: [_mark(number, sentence)] * forms_of(sentence, ENGLISH)
        for number, (text, sentence) in enumerate(sentences().items())
    }
    words = TenantsWords([{ENGLISH: marks}])
    read: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for sample in samples(with_variants=True):
        html = drawn(sample, look=look, language=ENGLISH, words=words, has_languages=has_languages)
        body = _TAG.sub("", html.partition("<body")[2])
        for found, text in ((read, body), (held, html)):
            for number in set(_MARK.findall(text)):
                found.setdefault(texts[int(number)], []).append(sample.key)
    return held | read


def _mark(number: int, sentence: Sentence) -> str:
    """What is said instead; its places stay, since another sentence may stand in one."""
    return f"\ue000{number}\ue001" + "".join(f"{{{name}}}" for name in sorted(sentence.places))
