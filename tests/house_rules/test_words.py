"""What people read stands in the catalogue: no page, mail or form has words outside of it."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from tests.house_rules.sources import PACKAGES, called, modules, name, nodes, template_text, templates
from tools.translations import ADMINISTRATORS, extracted, read_catalogue

# The examples are programs, of which nothing is said in another language.
PAGES = sorted(path for path in templates() if path.suffix in {".html", ".txt"} and path.parent.name != "examples")
# What is called the same in every language.
NAMES = {"CIAM Portal", "HTML", "UTC", "JSON", "CSV", "DNS", "TXT", "ms", "PostgreSQL", "Python", "Django"}
# Blocks that stand inside a tag.
ATTRIBUTES = {"kind", "typed_form"}
PARAMETER = re.compile(r"\?\w+=")
READ_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
# Whatever stands there is code, or a key to press.
CODE = {"code", "kbd", "pre", "script", "style", "svg"}
SAID_BY_NAME = {"text", "title", "label", "save", "button", "refused", "action_text", "than", "suffix", "prefix"}
LITERAL = re.compile(r"""(?P<before>[\w:]*[=:(]?)(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""")
HAS_WORDS = re.compile(r"[^\W\d_]")
# Tags whose strings are addresses, files and names of libraries.
WITHOUT_WORDS = {"url", "static", "load", "extends", "lucide", "translate", "plural", "language"}
MESSAGES = {"success", "info", "warning", "error"}
# Calls that take a sentence: which of their arguments it is.
SENTENCE_OF = {"Problem": 2, "wrong": 2, "ValidationError": 0, "add_error": 1, "say_with_undo": 1, "Entry": 0}
# Between letters, or behind those who have something: no code.
STRAIGHT = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)")
FORMS_OF_STEPS = {"StepForm", "StayForm", "CodeForm"}
FIELD = re.compile(r"(Field|Text|Choice)$")


class _Read(HTMLParser):
    """Collects what of a page is read."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CODE:
            self.inside.append(tag)
        self.words += [value for key, value in attrs if key in READ_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words += data.split("\0")


def _bare_words(path: Path) -> list[str]:
    """What a template says outside of `translate` and `blocktranslate`."""
    page, is_unread = "", False
    found: list[str] = []
    for token in Lexer(template_text(path)).tokenize():
        words = token.contents.split()
        if token.token_type == TokenType.BLOCK and words[0] in {"blocktranslate", "endblocktranslate"}:
            is_unread = words[0] == "blocktranslate"
        elif token.token_type == TokenType.BLOCK and words[0] in {"block", "endblock"}:
            is_unread = words[-1] in ATTRIBUTES
        elif is_unread or token.token_type == TokenType.COMMENT:
            continue
        elif token.token_type == TokenType.TEXT:
            page += token.contents
        else:
            page += "\0" if token.token_type == TokenType.VAR or words[0] == "translate" else ""
            found += _bare_literals(token.contents, words[0] if token.token_type == TokenType.BLOCK else "")
    read = _Read()
    read.feed(PARAMETER.sub("", page))
    said = (re.sub(r"\s+", " ", text.replace("\0", " ")).strip(" ·:…\n") for text in read.words)
    return found + [text for text in said if HAS_WORDS.search(text) and text not in NAMES]


def _bare_literals(contents: str, tag: str) -> Iterator[str]:
    """Strings in a tag that somebody will read: those given to a name for words, and those that look like words."""
    if "|pluralize" in contents:
        yield "pluralize"
    if tag in WITHOUT_WORDS:
        return
    for literal in LITERAL.finditer(contents):
        before, text = literal["before"], literal["text"]
        if before.endswith(("_(", "date:", "kind=")) or text.endswith(".html") or text.startswith("|"):
            continue
        if text in NAMES or not HAS_WORDS.search(text):
            continue
        if before.rstrip("=") in SAID_BY_NAME or text[0].isupper() or (" " in text and "_" not in text):
            yield text


def test_pages_and_mails_say_nothing_outside_the_catalogue() -> None:
    said = {name(path): words for path in PAGES if (words := _bare_words(path))}

    assert said == {}


def _bare_sentences(path: Path) -> Iterator[str]:
    """Sentences given to what shows them to people, that weren't marked for the catalogue."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            for given in _sentences_given(node):
                if _is_bare(given):
                    yield f"line {given.lineno}: {ast.unparse(given)}"
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Form"):
            yield from _nameless_fields(node)


def _sentences_given(call: ast.Call) -> Iterator[ast.expr]:
    function = called(call)
    owner = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    place = SENTENCE_OF.get(function)
    if owner == "messages" and function in MESSAGES:
        place = 1
    elif function == "add" and owner.endswith("_TABS"):
        place = 0
    if place is not None and len(call.args) > place:
        yield call.args[place]
    yield from (each.value for each in call.keywords if each.arg in {"label", "help_text", "sentence", "empty_label"})


def _is_bare(given: ast.expr) -> bool:
    if isinstance(given, ast.IfExp):
        return _is_bare(given.body) or _is_bare(given.orelse)
    if isinstance(given, ast.BinOp):
        return _is_bare(given.left)
    is_text = isinstance(given, ast.Constant) and isinstance(given.value, str) and bool(HAS_WORDS.search(given.value))
    return is_text or isinstance(given, ast.JoinedStr)


def _nameless_fields(form: ast.ClassDef) -> Iterator[str]:
    """Fields that Django would name in English. On a step's page, its template says what they are."""
    if any(getattr(base, "id", "") in FORMS_OF_STEPS for base in form.bases):
        return
    for line in form.body:
        made = line.value if isinstance(line, ast.Assign) else None
        if not isinstance(made, ast.Call):
            continue
        named = any(each.arg == "label" for each in made.keywords) or "HiddenInput" in ast.unparse(made)
        if FIELD.search(called(made)) and not named:
            yield f"line {line.lineno}: a field without a label"


def test_modules_give_people_no_sentence_outside_the_catalogue() -> None:
    readers = sorted({*PACKAGES} - {"commands", "serving"})
    said = {name(path): sentences for path in modules(*readers) if (sentences := [*_bare_sentences(path)])}

    assert said == {}


def test_the_portals_sentences_have_one_apostrophe() -> None:
    """The typographic one. Customers' own sentences have another in English, by which tenants' words know them."""
    said = [str(form) for message in extracted(ADMINISTRATORS) for form in _forms_of(message.id or "")]
    for language in ADMINISTRATORS.languages:
        said += [
            str(form)
            for message in read_catalogue(language, ADMINISTRATORS)
            for form in _forms_of(message.string or "")
        ]

    assert [sentence for sentence in said if STRAIGHT.search(sentence)] == []


def _forms_of(said: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)
