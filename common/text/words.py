"""Words kept by language, in one shape wherever they are: by language, then by the name of the text.

`{"de": {"name": "Bestellen", "description": "Auf Ihre Kosten."}}`. What isn't said in a language is left out, and so is
a language in which nothing is.
"""

from collections.abc import Mapping, Sequence

WordsByLanguage = Mapping[str, Mapping[str, str]]


def texts_in(words: WordsByLanguage, language: str) -> Mapping[str, str]:
    """The texts for somebody who reads this language: those of `de` serve `de-at`. Empty if there are none."""
    return words.get(language) or words.get(language.partition("-")[0], {})


def said_in(words: WordsByLanguage, languages: Sequence[str], name: str) -> str:
    """One text in the first of these languages that says it, as `common.text.spoken.spoken_languages` names them; empty
    if none does.
    """
    return next((text for language in languages if (text := texts_in(words, language).get(name, ""))), "")


def with_texts(words: WordsByLanguage, language: str, texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The words with these texts in place of those of one language."""
    return tidied_words({**words, language: texts})


def tidied_words(words: WordsByLanguage) -> dict[str, dict[str, str]]:
    """The words as they are kept: without what says nothing."""
    tidied = {
        language: {name: text.strip() for name, text in texts.items() if text.strip()}
        for language, texts in words.items()
    }
    return {language: texts for language, texts in tidied.items() if texts}
