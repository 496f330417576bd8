"""The product's own text of a sentence in a language, as people edit it."""

from collections.abc import Sequence

from django.utils.translation import trans_real

from branding.languages.offered import catalogue_of
from branding.words.slots import shown
from branding.words.table import Sentence, examples_of
from common.text.spoken import speaking


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
