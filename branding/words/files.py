"""Words as JSON files, in our own shape with all that a tenant says otherwise, and in that of Entra External ID.

Ours has languages, and in each of them sentences by their English; one that counts has a list of forms. Below
`user_flows`, by name, stands what flows say otherwise.

    {"words": {"de": {"Continue": "Weiter", "{count} left": ["{count} übrig", "{count} übrig"]}},
     "user_flows": {"Shop": {"de": {"Continue": "Zur Kasse"}}}}

Theirs has the texts of one language by keys such as SignIn_Title, which `{0}` is filled into; of their keys those are
known that customers read here as well. https://learn.microsoft.com/entra/external-id/customers/how-to-customize-languages-customers
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from branding.models import ChangedSentence
from branding.words.products import products_texts
from branding.words.services import Wished, kept_texts
from branding.words.slots import places_in
from branding.words.table import sentences
from common.problems import Code, Problem, Refused
from common.text.texts import NOT_SEEN, shortened
from common.text.translation import gettext as _

WORDS, FLOWS = "words", "user_flows"
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
_BY_KEY = {key.lower(): sentence for key, sentence in THEIRS.items()}
_LIST = "attributeCollection"


class Part(NamedTuple):
    """What a file says in one language, in all flows ("") or in the one of this name."""

    flow: str
    language: str
    wished: Wished


class Read(NamedTuple):
    """What stands in a file, and which of its keys mean nothing here."""

    parts: list[Part]
    unknown: list[str]


def all_words(names_of_flows: Mapping[UUID, str]) -> dict[str, Any]:
    """All that the tenant says otherwise, in our shape, but for what was said of a flow while somebody deleted it."""
    told: dict[str, Any] = {WORDS: {}, FLOWS: {}}
    for row in ChangedSentence.objects.order_by("language", "sentence"):
        if row.user_flow and row.user_flow not in names_of_flows:
            continue
        place = told[FLOWS].setdefault(names_of_flows[row.user_flow], {}) if row.user_flow else told[WORDS]
        place.setdefault(row.language, {})[row.sentence] = row.texts[0] if len(row.texts) == 1 else row.texts
    return told


def words_in_their_shape(language: str, user_flow: UUID | None = None) -> dict[str, str]:
    """What customers read in this language, by their keys."""
    texts: dict[str, Any] = {text: products_texts(sentences()[text], language) for text in THEIRS.values()}
    for flow in (None, user_flow):
        texts |= kept_texts(language, flow, list(texts))
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


def read_words(told: Any, *, language: str = "", flow: str = "") -> Read:
    """What a file of either shape says; one of theirs in this language. Raises `Refused` for what is neither."""
    if isinstance(told, dict) and {WORDS, FLOWS} & told.keys():
        return Read(list(_parts(told)), sorted(told.keys() - {WORDS, FLOWS}))
    return _read_theirs(told, language=language, flow=flow)


def placed(read: Read, flows: Mapping[str, UUID]) -> list[tuple[UUID | None, str, Wished]]:
    """The parts, with the IDs of their flows, which are given by name. Raises `Refused` for a flow that there isn't."""
    for part in read.parts:
        if part.flow and part.flow not in flows:
            raise _refused(_("There is no user flow “%(name)s”.") % {"name": shortened(part.flow)}, field="")
    return [(flows.get(part.flow), part.language, part.wished) for part in read.parts]


def _parts(told: Mapping[str, Any]) -> Iterator[Part]:
    of_flows = _object(told.get(FLOWS, {}), FLOWS)
    for flow, languages in (("", told.get(WORDS, {})), *of_flows.items()):
        for language, texts in _object(languages, flow or WORDS).items():
            said = _object(texts, language)
            yield Part(flow, language, {sentence: _forms(sentence, text) for sentence, text in said.items()})


def _forms(sentence: str, text: Any) -> list[str]:
    forms = [text] if isinstance(text, str) else text
    if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
        raise _refused(_("“%(name)s” has to be a text, or a list of texts.") % {"name": sentence})
    return forms


def _read_theirs(told: Any, *, language: str, flow: str) -> Read:
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
    return Read([Part(flow, language, wished)], sorted(told.keys() - known.keys()))


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
