"""Words as JSON files, in our own shape with all that a tenant says otherwise, and in that of Entra External ID.

Ours has languages, and in each of them sentences by their English; one that counts has a list of forms. Below
`user_flows` and `themes`, by name, stands what these say otherwise.

    {"words": {"de": {"Continue": "Weiter", "{count} left": ["{count} übrig", "{count} übrig"]}},
     "user_flows": {"Shop": {"de": {"Continue": "Zur Kasse"}}},
     "themes": {"Kids": {"de": {"Continue": "Los"}}}}

Theirs has the texts of one language by keys such as SignIn_Title, which `{0}` is filled into; of their keys those are
known that customers read here as well. https://learn.microsoft.com/entra/external-id/customers/how-to-customize-languages-customers
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from branding.languages.offered import offer
from branding.models import ChangedSentence, Theme
from branding.words.flows import names_of_flows
from branding.words.rows import rows_in
from branding.words.services import Wished
from branding.words.slots import places_in
from branding.words.where import EVERYWHERE, Where
from common.problems import Code, Problem, Refused
from common.text.texts import NOT_SEEN, shortened
from common.text.translation import gettext as _
from common.text.translation import gettext_lazy

WORDS, FLOWS, THEMES = "words", "user_flows", "themes"
# Their keys, and our sentences.
THEIRS = {
    "AttributeCollection_Title": "Complete your account",
    "Attribute_City": "City",
    "Attribute_Country": "Country or region",
    "Attribute_DisplayName": "Display name",
    "Attribute_Email": "Email address",
    "Attribute_GivenName": "Given name",
    "Attribute_JobTitle": "Job title",
    "Attribute_Password": "Password",
    "Attribute_PostalCode": "Postal code",
    "Attribute_State": "State or province",
    "Attribute_StreetAddress": "Street address",
    "Attribute_Surname": "Surname",
    "SignIn_Description": "to continue to {name}",
    "SignIn_Title": "Sign in",
    "SignUp_Title": "Create an account",
    "SisuOtc_Title": "Enter the code",
}
_NOT_THERE = {
    FLOWS: gettext_lazy("There is no user flow “%(name)s”."),
    THEMES: gettext_lazy("There is no theme “%(name)s”."),
}
_BY_KEY = {key.lower(): sentence for key, sentence in THEIRS.items()}
_LIST = "attributeCollection"


class Part(NamedTuple):
    """What a file says in one language, everywhere or in the flow or theme of this name: `kind` is its list."""

    kind: str
    name: str
    language: str
    wished: Wished


class Read(NamedTuple):
    """What stands in a file, and which of its keys mean nothing here."""

    parts: list[Part]
    unknown: list[str]


def all_words() -> dict[str, Any]:
    """All that the tenant says otherwise, in our shape, but for what was said of a flow while somebody deleted it, and
    in a language that is none any more.
    """
    told: dict[str, Any] = {WORDS: {}, FLOWS: {}, THEMES: {}}
    names = _names_of_places()
    for row in ChangedSentence.objects.order_by("language", "sentence"):
        where = Where(row.user_flow, row.theme_id)
        if where not in names or not offer().find(row.language):
            continue
        kind, name = names[where]
        place = told[kind].setdefault(name, {}) if name else told[kind]
        place.setdefault(row.language, {})[row.sentence] = row.texts[0] if len(row.texts) == 1 else row.texts
    return told


def words_in_their_shape(language: str, where: Where = EVERYWHERE) -> dict[str, str]:
    """What customers read in this language, by their keys."""
    texts = {row.sentence.text: row.effective for row in rows_in(language, where)}
    return {key: _numbered(texts[text][0]) for key, text in THEIRS.items()}


def told_in(content: bytes) -> Any:
    """What a file of JSON says. Raises `Refused` if it is none, or says what no page could show."""
    try:
        told = json.loads(content.decode("utf-8-sig"))
        # JSON can write half a character.
        json.dumps(told, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Refused([Problem(Code.INVALID, "", str(NOT_SEEN))]) from error
    except (ValueError, RecursionError) as error:
        raise Refused([Problem(Code.INVALID, "", _("This file isn’t JSON."))]) from error
    return told


def read_words(told: Any, *, language: str = "") -> Read:
    """What a file of either shape says; one of theirs in this language. Raises `Refused` for what is neither."""
    if isinstance(told, dict) and {WORDS, FLOWS, THEMES} & told.keys():
        return Read(list(_parts(told)), sorted(told.keys() - {WORDS, FLOWS, THEMES}))
    return _read_theirs(told, language=language)


def placed(read: Read, where: Where = EVERYWHERE) -> list[tuple[Where, str, Wished]]:
    """The parts, and where each is said; one that doesn't tell, there. Raises `Refused` for a name that there isn't."""
    places = {name: place for place, name in _names_of_places().items()}
    for part in read.parts:
        if part.name and (part.kind, part.name) not in places:
            raise _refused(_NOT_THERE[part.kind] % {"name": shortened(part.name)}, field="")
    return [(places[part.kind, part.name] if part.kind else where, part.language, part.wished) for part in read.parts]


def _names_of_places() -> dict[Where, tuple[str, str]]:
    """By where something is said, in which list of a file it stands, and under which name."""
    flows = {Where(user_flow=UUID(flow)): (FLOWS, name) for flow, name in names_of_flows().items()}
    themes = {Where(theme=pk): (THEMES, name) for pk, name in Theme.objects.values_list("pk", "name")}
    return {EVERYWHERE: (WORDS, ""), **flows, **themes}


def _parts(told: Mapping[str, Any]) -> Iterator[Part]:
    yield from _parts_of(WORDS, "", told.get(WORDS, {}))
    for kind in (FLOWS, THEMES):
        for name, languages in _object(told.get(kind, {}), kind).items():
            yield from _parts_of(kind, name, languages)


def _parts_of(kind: str, name: str, languages: Any) -> Iterator[Part]:
    for language, texts in _object(languages, name or kind).items():
        said = _object(texts, language)
        yield Part(kind, name, language, {sentence: _forms(sentence, text) for sentence, text in said.items()})


def _forms(sentence: str, text: Any) -> list[str]:
    forms = [text] if isinstance(text, str) else text
    if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
        raise _refused(_("“%(name)s” has to be a text, or a list of texts.") % {"name": sentence})
    return forms


def _read_theirs(told: Any, *, language: str) -> Read:
    if isinstance(told, dict) and isinstance(told.get(_LIST), list):
        told = told[_LIST]
    if isinstance(told, list) and all(isinstance(row, dict) and {"key", "value"} <= row.keys() for row in told):
        told = {str(row["key"]): row["value"] for row in told}
    if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
        raise _refused(_("This isn’t a file of words: write an object with “words”, or with texts by their keys."))
    if not language:
        raise _refused(_("Name the language: this file doesn’t."), field="language")
    known = {key: _BY_KEY[key.lower()] for key in told if key.lower() in _BY_KEY}
    wished = {text: [_named(told[key], text)] for key, text in known.items()}
    return Read([Part("", "", language, wished)], sorted(told.keys() - known.keys()))


def _numbered(text: str) -> str:
    """A text with `{0}` in the place of its only place."""
    for name in places_in(text)[:1]:
        text = text.replace(f"{{{name}}}", "{0}")
    return text


def _named(text: str, sentence: str) -> str:
    for name in places_in(sentence):
        text = text.replace("{0}", f"{{{name}}}")
    return text


def _object(told: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise _refused(_("“%(name)s” has to be an object.") % {"name": name})
    return told


def _refused(sentence: str, field: str = "file") -> Refused:
    return Refused([Problem(Code.INVALID, field, sentence)])
