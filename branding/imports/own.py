"""A branding as `manage.py branding show --json` tells it: by our own names, all of its languages in one answer.

Of pictures it has digests alone, so that they have to lie beside it, as with Microsoft Graph.
"""

from collections.abc import Mapping
from typing import Any

from branding.description import FIELDS, SWITCHES
from branding.imports.graph import NO_OBJECT, NO_SWITCH, NO_TEXT, UNKNOWN, Branding
from branding.models import DEFAULT, BrandingImage
from branding.words.files import FLOWS, WORDS
from branding.words.flows import names_of_flows

PICTURES = {kind.value: kind for kind in BrandingImage.Kind}
_BRANDINGS, _PICTURES = "brandings", "pictures"


def brandings_in(told: Any) -> list[Branding]:
    """Those in an answer, the default first; none if it is another answer."""
    if not isinstance(told, dict) or not isinstance(told.get(_BRANDINGS), dict):
        return []
    rows, words = told[_BRANDINGS], told.get(WORDS)
    objects = {locale: row for locale, row in rows.items() if isinstance(row, dict)}
    default = _branding(DEFAULT, objects.pop(DEFAULT, {}))
    default.passed_over |= {locale: NO_OBJECT for locale, row in rows.items() if not isinstance(row, dict)}
    if words and isinstance(words, dict):
        _take_words(default, words)
    says = default.fields or default.addresses or default.words or default.passed_over
    return [*([default] if says else []), *(_branding(locale, row) for locale, row in objects.items())]


def _branding(locale: str, row: Mapping[str, Any]) -> Branding:
    branding = Branding(locale)
    for name, value in row.items():
        if name == _PICTURES and isinstance(value, dict):
            branding.addresses |= {kind: str(of_kind) for kind, of_kind in value.items() if kind in PICTURES}
        elif name not in FIELDS:
            branding.passed_over[name] = UNKNOWN
        elif not isinstance(value, bool if name in SWITCHES else str):
            branding.passed_over[name] = NO_SWITCH if name in SWITCHES else NO_TEXT
        else:
            branding.take(name, name, value)
    return branding


def _take_words(branding: Branding, told: Mapping[str, Any]) -> None:
    """What is said, in the shape of a file of words: without what the product said then, and flows by their names."""
    names = names_of_flows()
    names |= {name: name for name in names.values()}
    said = {flow: _texts(languages) for flow, languages in told.items()}
    branding.words = {WORDS: said.pop("", {}), FLOWS: {names[flow]: said[flow] for flow in said if flow in names}}
    branding.passed_over |= {f"{WORDS}/{flow}": UNKNOWN for flow in said if flow not in names}


def _texts(languages: Any) -> Any:
    if not isinstance(languages, dict):
        return languages
    return {
        language: {sentence: _said(kept) for sentence, kept in sentences.items()}
        if isinstance(sentences, dict)
        else sentences
        for language, sentences in languages.items()
    }


def _said(kept: Any) -> Any:
    return kept[0] if isinstance(kept, list) and kept else kept
