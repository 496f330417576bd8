"""A branding as `manage.py branding show --json` tells it: by our own names, all of its languages in one answer.

Of pictures it has digests alone, so that they have to lie beside it, as with Microsoft Graph.
"""

from collections.abc import Mapping
from typing import Any

from branding.description import FIELDS, SWITCHES
from branding.imports.graph import ALREADY, NO_OBJECT, NO_SWITCH, NO_TEXT, UNKNOWN, Branding
from branding.looks.crops import Crop
from branding.models import CROPS, DEFAULT, BrandingImage
from branding.words.files import FLOWS, WORDS
from branding.words.flows import names_of_flows
from common.text.texts import shortened
from common.text.translation import gettext_lazy as _

PICTURES = {kind.value: kind for kind in BrandingImage.Kind}
_BRANDINGS, _PICTURES, _CROPS = "brandings", "pictures", "crops"
# What is told of the draft beside what it says, and isn't imported.
_ABOUT = {"version", "is_published", "due_at"}
_KNOWN = {_BRANDINGS, _CROPS, WORDS, FLOWS, *_ABOUT}
NO_CROP = _("This must be three whole numbers.")


def brandings_in(told: Any) -> list[Branding]:
    """Those in an answer, the default first; none if it is another answer."""
    if not isinstance(told, dict) or not isinstance(told.get(_BRANDINGS), dict):
        return []
    rows, words, crops = told[_BRANDINGS], told.get(WORDS), told.get(_CROPS)
    objects = {locale: row for locale, row in rows.items() if isinstance(row, dict)}
    default = _branding(DEFAULT, objects.pop(DEFAULT, {}))
    default.passed_over |= {locale: NO_OBJECT for locale, row in rows.items() if not isinstance(row, dict)}
    default.passed_over |= {name: UNKNOWN for name in told if name not in _KNOWN}
    if words and isinstance(words, dict):
        _take_words(default, words, told.get(FLOWS))
    elif words:
        default.passed_over[WORDS] = NO_OBJECT
    branded = {DEFAULT: default, **{locale: _branding(locale, row) for locale, row in objects.items()}}
    if crops and not isinstance(crops, dict):
        default.passed_over[_CROPS], crops = NO_OBJECT, {}
    for locale, of_locale in (crops or {}).items():
        if locale in branded:
            _take_crops(branded[locale], of_locale)
        else:
            default.passed_over[f"{_CROPS}/{locale}"] = UNKNOWN
    says = default.fields or default.addresses or default.words or default.passed_over
    return [branding for locale, branding in branded.items() if locale or says]


def _branding(locale: str, row: Mapping[str, Any]) -> Branding:
    branding = Branding(locale)
    for name, value in row.items():
        if name == _PICTURES and isinstance(value, dict):
            branding.addresses |= {kind: str(of_kind) for kind, of_kind in value.items() if kind in PICTURES}
            branding.passed_over |= {kind: UNKNOWN for kind in value if kind not in PICTURES}
        elif name not in FIELDS:
            branding.passed_over[name] = UNKNOWN
        elif not isinstance(value, bool if name in SWITCHES else str):
            branding.passed_over[name] = NO_SWITCH if name in SWITCHES else NO_TEXT
        else:
            branding.take(name, name, value)
    return branding


def _take_crops(branding: Branding, told: Any) -> None:
    """Which parts of its pictures are shown."""
    if not isinstance(told, dict):
        branding.passed_over[_CROPS] = NO_OBJECT
        return
    for name, numbers in told.items():
        if name not in CROPS:
            branding.passed_over[name] = UNKNOWN
        elif isinstance(numbers, list) and [type(number) for number in numbers] == [int, int, int]:
            branding.crops[name] = Crop(*numbers)
        else:
            branding.passed_over[name] = NO_CROP


def _take_words(branding: Branding, told: Mapping[str, Any], flows: Any) -> None:
    """What is said, in the shape of a file of words: without what the product said then, and flows by their names.

    Elsewhere a flow has another ID: `flows` are the names they have in the file.
    """
    names = names_of_flows()
    names |= {name: name for name in names.values()}
    named = {flow: name for flow, name in flows.items() if isinstance(name, str)} if isinstance(flows, dict) else {}
    said: dict[str, Any] = {WORDS: {}, FLOWS: {}}
    for key, languages in told.items():
        flow = names.get(key, named.get(key, key))
        path = f"{WORDS}/{flow}" if flow else WORDS
        if flow and flow not in names:
            branding.passed_over[path] = UNKNOWN
        elif not isinstance(languages, dict):
            branding.passed_over[path] = NO_OBJECT
        elif flow and names[flow] in said[FLOWS]:
            # By its name and by its ID.
            branding.passed_over[f"{WORDS}/{key}"] = ALREADY
        elif flow:
            said[FLOWS][names[flow]] = _texts(branding, path, languages)
        else:
            said[WORDS] = _texts(branding, path, languages)
    branding.words = said


def _texts(branding: Branding, path: str, languages: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By language and sentence what is said; what is no text is passed over."""
    texts: dict[str, dict[str, Any]] = {}
    for language, sentences in languages.items():
        if not isinstance(sentences, dict):
            branding.passed_over[f"{path}/{language}"] = NO_OBJECT
            continue
        said = {sentence: _said(kept) for sentence, kept in sentences.items()}
        texts[language] = {sentence: forms for sentence, forms in said.items() if forms is not None}
        lost = said.keys() - texts[language].keys()
        branding.passed_over |= {f"{path}/{language}/{shortened(sentence)}": NO_TEXT for sentence in sorted(lost)}
    return texts


def _said(kept: Any) -> Any:
    """A text, or a list of texts; None if it is neither."""
    forms = kept[0] if isinstance(kept, list) and kept else kept
    is_text = isinstance(forms, str) or (isinstance(forms, list) and all(isinstance(form, str) for form in forms))
    return forms if is_text else None
