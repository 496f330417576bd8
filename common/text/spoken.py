"""What a tenant says in other words than the product: a look-up in front of the catalogues.

Whoever answers a customer, or writes to one, says whose words count from here on (`speaking`, `speak`); everybody else
reads the catalogues alone, the portal above all. The words are a variable of the context, so no thread has another's.
Where a tenant has changed nothing there is nothing to look up.

A language that a tenant has made itself has no catalogue. It is spoken as another one is, with the dates and digits of
that, and is looked up before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import activate, get_language, override, trans_real


class Wording(str):
    """A text of a tenant's in place of a message. In HTML it is its own escaped form, whoever calls it safe."""

    __slots__ = ("html",)
    html: str

    def __new__(cls, text: str, html: str) -> "Wording":
        made = super().__new__(cls, text)
        made.html = html
        return made

    def __str__(self) -> str:
        return self

    def __html__(self) -> SafeString:
        return mark_safe(self.html)  # noqa: S308 - escaped but for the mark-up of its places


Languages = tuple[str, str]
"""The language of a catalogue, and the one of the tenant's own that is spoken on top of it, or ""."""


class SpokenWords(Protocol):
    """Whose words they are: a tenant's, or those of one of its user flows."""

    def find(self, languages: Languages, message: str) -> Wording | None:
        """What is said in place of a message of the catalogue."""

    def find_counted(self, languages: Languages, message: str, number: int) -> Wording | None:
        """The same for a message that counts something, named by its singular."""


_words: ContextVar[SpokenWords | None] = ContextVar("words", default=None)
_own_language: ContextVar[str] = ContextVar("language of a tenant's own", default="")
_is_html: ContextVar[bool] = ContextVar("words are HTML", default=False)


def speak_language(catalogue: str, own: str = "") -> None:
    """Speak the language of a catalogue from here on; or, as that, one of the tenant's own."""
    activate(catalogue)
    _own_language.set(own)


@contextmanager
def speaking_language(catalogue: str, own: str = "") -> Iterator[None]:
    """Speak it, and afterwards what was spoken before."""
    before = _own_language.set(own)
    try:
        with override(catalogue):
            yield
    finally:
        _own_language.reset(before)


def spoken_language() -> str:
    """The code of the language that is spoken, be it one of the tenant's own."""
    return _own_language.get() or get_language() or ""


def spoken_languages() -> tuple[str, ...]:
    """The same, and behind one of the tenant's own that which it falls back to: who says nothing in one is heard in the
    next.
    """
    return tuple(language for language in (_own_language.get(), get_language()) if language)


def speak(words: SpokenWords | None) -> None:
    """Let these words count from here on, until the `speaking` around it is over; None for the product's own."""
    _words.set(words)


def spoken_words() -> SpokenWords | None:
    """Whose words count here; None where it is the product's own."""
    return _words.get()


@contextmanager
def speaking(words: SpokenWords | None) -> Iterator[None]:
    """Let these words count, and afterwards those of before."""
    before = _words.set(words)
    try:
        yield
    finally:
        _words.reset(before)


class SpokenTranslation(trans_real.DjangoTranslation):
    """A catalogue that is asked second."""

    def gettext(self, message: str) -> str:
        words = _words.get()
        own = words.find(self._languages(), message) if words else None
        return super().gettext(message) if own is None else _said(own)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        words = _words.get()
        own = words.find_counted(self._languages(), msgid1, n) if words else None
        return super().ngettext(msgid1, msgid2, n) if own is None else _said(own)

    def _languages(self) -> Languages:
        return self.language(), _own_language.get()


@contextmanager
def saying_html(*, is_html: bool) -> Iterator[None]:
    """Let messages be HTML at once where nothing escapes them any more."""
    before = _is_html.set(is_html)
    try:
        yield
    finally:
        _is_html.reset(before)


def _said(own: Wording) -> str:
    return own.__html__() if _is_html.get() else own


def ask_tenants_first() -> None:
    """Make all catalogues of this process such ones. Those loaded by now are loaded again."""
    trans_real.DjangoTranslation = SpokenTranslation  # type: ignore[misc]
    # As Django does when a catalogue's file has changed.
    trans_real._translations = {}  # type: ignore[attr-defined]  # noqa: SLF001
    trans_real._default = None  # type: ignore[attr-defined]  # noqa: SLF001
