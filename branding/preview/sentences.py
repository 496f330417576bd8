"""Which samples each sentence stands on, as they are for the tenant being served: read off the samples themselves."""

import re
from collections.abc import Mapping, Sequence

from branding.languages.offered import catalogue_of
from branding.look import Look
from branding.preview.samples import drawn, samples
from branding.words.in_force import TenantsWords
from branding.words.table import Sentence, forms_of, sentences

# Characters that no sentence has, around the number of one in the table.
_MARK = re.compile("\ue000(\\d+)\ue001")
_TAG = re.compile(r"<[^>]*>")


def samples_by_sentence(look: Look, language: str) -> Mapping[str, Sequence[str]]:
    """By sentence the keys of the samples and variants that have it in a text of theirs, in the order in which they are
    offered; where none has, of those that hold it: as the title of a page, as the name of a button, or for a script to
    say.

    Each is drawn once, with a mark in place of each sentence.
    """
    texts = list(sentences())
    catalogue = catalogue_of(language)
    marks = {
        text: [_mark(number, sentence)] * forms_of(sentence, catalogue)
        for number, (text, sentence) in enumerate(sentences().items())
    }
    words = TenantsWords([{language: marks}])
    read: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for sample in samples(with_variants=True):
        html = drawn(sample, look=look, language=language, words=words)
        body = _TAG.sub("", html.partition("<body")[2])
        for found, text in ((read, body), (held, html)):
            for number in set(_MARK.findall(text)):
                found.setdefault(texts[int(number)], []).append(sample.key)
    return held | read


def _mark(number: int, sentence: Sentence) -> str:
    """What is said instead; its places stay, since another sentence may stand in one."""
    return f"\ue000{number}\ue001" + "".join(f"{{{name}}}" for name in sorted(sentence.places))
