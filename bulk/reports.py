"""What is kept about operations, told in the language of whoever reads it: it was written in English."""

import re
from collections.abc import Iterator
from functools import cache

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.identity.values import TOO_LONG
from bulk.imports.reading import WITH_NUMBERS
from bulk.imports.steps import NO_ROOM, TOO_MANY
from bulk.models import Kind, Operation
from common.text.languages import ENGLISH

UNDO = "Undo: "
BEHIND_HEADING = ": "
PLACEHOLDER = re.compile(r"%\((\w+)\)([ds])")
NUMBER = r"\d[\d,]*"
CHOSEN, EVERYBODY = gettext_noop("Chosen from the list"), gettext_noop("All customers")
"""What is kept of how customers were chosen, where neither a filter nor a name says it."""


def in_words(kept: str) -> str:
    """A sentence that was kept; that about a line of a file has the heading of its column before it."""
    heading, sentence = "", kept
    while sentence:
        told = _told(sentence)
        if told != sentence:
            return f"{heading}{told}"
        before, separator, sentence = sentence.partition(BEHIND_HEADING)
        heading += before + separator
    return kept


def subject_in_words(operation: Operation) -> str:
    """What an operation is about: a file, a group, how its customers were chosen, or which one it takes back."""
    if operation.kind == Kind.IMPORT:
        return operation.subject
    if operation.undoes is None:
        return _subject_in_words(operation.subject)
    undone = operation.subject.removeprefix(UNDO)
    for kind, name in _names():
        if undone.startswith(f"{name} "):
            undone = f"{kind.label}: {_subject_in_words(undone.removeprefix(name).strip())}"
            break
    return gettext("Undo: %(operation)s") % {"operation": undone}


def name_in_words(operation: Operation) -> str:
    """An operation as its list names it: what it does, and to whom."""
    subject = subject_in_words(operation)
    return f"{operation.get_kind_display()}: {subject}" if subject else operation.get_kind_display()


def _subject_in_words(kept: str) -> str:
    """Files and groups are called as they please, also like a sentence of ours."""
    return gettext(kept) if kept in {CHOSEN, EVERYBODY} else kept


def _told(sentence: str) -> str:
    for pattern, original in _patterns():
        if found := pattern.fullmatch(sentence):
            numbers = {name: int(text.replace(",", "")) for name, text in found.groupdict().items()}
            kinds = dict(PLACEHOLDER.findall(original))
            values = {name: number if kinds[name] == "d" else intcomma(number) for name, number in numbers.items()}
            return gettext(original) % values
    return gettext(sentence)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with numbers in them, each with how it is found again."""
    with translation.override(ENGLISH):
        originals = [*WITH_NUMBERS, NO_ROOM, TOO_MANY, str(TOO_LONG)]
    return tuple((re.compile(_expression(original)), original) for original in originals)


def _expression(original: str) -> str:
    pieces = PLACEHOLDER.split(original)
    texts, names = map(re.escape, pieces[::3]), pieces[1::3]
    found = [f"(?P<{name}>{NUMBER})" for name in names]
    return "".join(piece for pair in zip(texts, [*found, ""], strict=True) for piece in pair)


def _names() -> Iterator[tuple[Kind, str]]:
    with translation.override(ENGLISH):
        named = [(kind, str(kind.label)) for kind in Kind]
    yield from sorted(named, key=lambda pair: -len(pair[1]))
