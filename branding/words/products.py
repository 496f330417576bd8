"""The product's own text of a sentence in a language, as people edit it, and in which languages a tenant's are read."""

from collections.abc import Sequence

from django.utils.translation import trans_real

from branding.languages.offered import TRANSLATED, catalogue_of
from branding.words.slots import shown
from branding.words.table import Sentence, examples_of
from common.text.languages import lookup_chain
from common.text.spoken import Languages, speaking


def products_texts(sentence: Sentence, language: str) -> Sequence[str]:
    """Its forms, as `table.forms_of` counts them; in English where nobody has translated it. A language of the tenant's
    own says it as the one that it falls back to.
    """
    language = catalogue_of(language)
    catalogue = trans_real.translation(language)
    message = sentence.messages[0]
    with speaking(None):
        if not sentence.counts:
            return [shown(catalogue.gettext(message[0]))]
        numbers = [examples[0] for examples in examples_of(language)]
        return [shown(catalogue.ngettext(message[0], message[1], number)) for number in numbers]


def languages_read(languages: Languages) -> list[str]:
    """The languages whose words are read where these are spoken, the nearest last: behind one of the tenant's own that
    which it falls back to, and behind that of a region the language of which it is one, `en` behind `en-gb`.
    """
    catalogue, own = languages
    read = [*reversed(lookup_chain(catalogue, TRANSLATED)), own]
    return [language for language in read if language]


def says_alike(sentence: Sentence, catalogue: str, language: str) -> bool:
    """Whether what is said in a language in place of the sentence holds for readers of a catalogue. A region that says
    it in a way of its own ("Postcode") keeps that.
    """
    if language == catalogue or language not in lookup_chain(catalogue, TRANSLATED):
        return True
    return _plain(products_texts(sentence, catalogue)) == _plain(products_texts(sentence, language))


def _plain(texts: Sequence[str]) -> list[str]:
    # What the product says in English is written with the keys of a keyboard.
    return [text.replace("’", "'") for text in texts]
