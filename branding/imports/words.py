"""Words that are brought along: each sentence is taken that can be said here, and of the others it is told why not."""

from collections.abc import Mapping
from typing import Any

from audit.services import Actor
from branding.languages.offered import offer
from branding.models import Theme
from branding.words.files import WORDS, Part, placed, read_words
from branding.words.services import change_words
from branding.words.where import EVERYWHERE, Where, of_brand
from common.problems import Refused
from common.text.texts import shortened
from common.text.translation import gettext as _

LeftOut = Mapping[str, str]
"""Why something isn't taken, by its name in the file, such as `words/de/Continue`."""


def take_words(content: Any, *, language: str, theme: Theme | None, actor: Actor) -> tuple[bool, LeftOut]:
    """Let the draft of a brand say what a file of words says, of which one that names no language is in this one.

    Returns whether any of it is taken, and what isn't. Raises `Refused` for what is no file of words.
    """
    read, here = read_words(content, language=language), of_brand(theme)
    is_taken, left_out = False, dict[str, str]()
    for part, (where, code, _wished) in zip(read.parts, placed(read, here), strict=True):
        if theme and part.name:
            told = _("A theme has no words for a user flow. Import the file into the company branding.")
            left_out[f"{WORDS}/{part.name}"] = told
        elif offer().find(code) is None:
            left_out[_named(part)] = _("There’s no such language here. Add it first, then import the file again.")
        else:
            refused = _say(part, here if where == EVERYWHERE else where, actor)
            is_taken = is_taken or len(refused) < len(part.wished)
            left_out |= {_named(part, sentence): why for sentence, why in refused.items()}
    return is_taken, left_out | dict.fromkeys(read.unknown, _("There’s nothing like it here."))


def _say(part: Part, where: Where, actor: Actor) -> Mapping[str, str]:
    """Replace its sentences as far as that can be: what can't is returned, with why."""
    refused: dict[str, str] = {}
    while True:
        wished = {sentence: forms for sentence, forms in part.wished.items() if sentence not in refused}
        try:
            change_words(language=part.language, wished=wished, where=where, actor=actor)
        except Refused as refusal:
            if not wished.keys() & {problem.field for problem in refusal.problems}:
                raise
            refused |= {problem.field: problem.sentence for problem in refusal.problems}
        else:
            return refused


def _named(part: Part, sentence: str = "") -> str:
    """What it is called in its file: one of Entra's has one language, and no flow."""
    path = (WORDS, part.name, part.language, sentence) if part.kind else (sentence,)
    return "/".join(shortened(each) for each in path if each)
