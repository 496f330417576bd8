"""A tenant's changed sentences as pages and mails look them up, kept in the process until something of them changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from branding.words.slots import filled_in, has_markup
from branding.words.table import form_of, forms_of, sentences
from common.text.spoken import Wording
from tenants.known import Part

_CHANGED = """
    SELECT jsonb_agg(jsonb_build_array(changed.user_flow, changed.language, changed.sentence, changed.texts))
    FROM branding_changedsentence changed
"""
Texts = Mapping[str, Sequence[str]]
"""By sentence, its forms in a language."""


class _Said(NamedTuple):
    one: Mapping[str, Wording]
    counted: Mapping[str, Sequence[Wording]]


class TenantsWords:
    """What is said otherwise, by language: in a user flow its own words, then those of the tenant."""

    def __init__(self, layers: Sequence[Mapping[str, Texts]]) -> None:
        self.layers = layers
        self._said: dict[str, _Said] = {}

    def find(self, language: str, message: str) -> Wording | None:
        """What is said in place of a message of the catalogue."""
        return self._in(language).one.get(message)

    def find_counted(self, language: str, message: str, number: int) -> Wording | None:
        """The same for a message that counts, named by its singular."""
        forms = self._in(language).counted.get(message)
        return forms[form_of(language)(number)] if forms else None

    def _in(self, language: str) -> _Said:
        said = self._said.get(language)
        if said is None:
            # Whoever comes at the same time makes the same.
            said = self._said[language] = _said_in(language, [layer.get(language, {}) for layer in self.layers])
        return said


def _said_in(language: str, layers: Iterable[Texts]) -> _Said:
    one: dict[str, Wording] = {}
    counted: dict[str, Sequence[Wording]] = {}
    for texts in layers:
        for text, forms in texts.items():
            sentence = sentences().get(text)
            # A release may have another sentence in its place, or another number of forms.
            if sentence is None or len(forms) != forms_of(sentence, language):
                continue
            for message in sentence.messages:
                wordings = [_wording(form, message[-1]) for form in forms]
                if sentence.counts:
                    counted[message[0]] = wordings
                else:
                    one[message[0]] = wordings[0]
    return _Said(one, counted)


def _wording(text: str, message: str) -> Wording:
    html = filled_in(text, message, as_html=True)
    return Wording(html if has_markup(message) else filled_in(text, message, as_html=False), html)


def words_from(rows: Iterable[tuple[str | None, str, str, Sequence[str]]]) -> Mapping[UUID | None, TenantsWords]:
    """The words of the tenant (None) and of each user flow that has some of its own, from rows of the table."""
    by_flow: dict[UUID | None, dict[str, dict[str, Sequence[str]]]] = {}
    for flow, language, sentence, texts in rows:
        by_flow.setdefault(UUID(flow) if flow else None, {}).setdefault(language, {})[sentence] = texts
    of_all = by_flow.get(None, {})
    return {flow: TenantsWords([of_all, own] if flow else [own]) for flow, own in by_flow.items()}


_words = Part(_CHANGED, lambda rows: words_from(rows or ()))


def drafted_words(user_flow: UUID | None, language: str, draft: Texts) -> TenantsWords:
    """The words of the tenant, or of a user flow, if these were said otherwise in this language besides."""
    now = words_in_force(user_flow)
    return TenantsWords([*(now.layers if now else ()), {language: draft}])


def words_in_force(user_flow: UUID | None = None) -> TenantsWords | None:
    """The words of the tenant being served, in this user flow if given; None where it says all as the product does."""
    words = _words.get()
    return words.get(user_flow) or words.get(None)
