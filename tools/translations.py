"""The catalogues of translations: `python -m tools.translations extract|compile|check`.

There are two for a language that the portal speaks: `locale/de` holds what customers read, `locale/portal/de` what only
administrators do. The customers' one wins: a sentence that both read stands there alone, and one that administrators
shall read in other words has the context "portal" and stands in theirs.

`extract` finds every sentence and brings the catalogues up to date, and with them the table of those that tenants may
say otherwise (`branding/words/sentences.json`); `compile` makes the files that the product loads; `check` says what is
missing, has other placeholders or says a term by another word than `terms.toml` beside the catalogue (`tools.terms`).
No gettext program is needed.
"""

import argparse
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import babel
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from branding.words.pages import is_for_customers, pages_of
from branding.words.slots import HYPHEN_OF_A_WORD, NO_BREAK_BLANK, WORD_JOINER, shown
from common.text.languages import (
    CUSTOMERS_CATALOGUES,
    ENGLISH,
    LANGUAGES,
    PORTAL_LANGUAGES,
    PORTALS_CATALOGUES,
    TRANSLATED_LANGUAGES,
    Language,
    catalogue_in,
)
from tools.terms import TERMS, TERMS_FILE, Terms, gaps_in, missing_terms, read_terms

ROOT = Path(__file__).resolve().parent.parent
# The context of what only administrators read, in a file of both or in other words than customers.
PORTAL = "portal"
# Where customers read.
SOURCES = (
    "accounts/attributes.py",
    "accounts/identity/values.py",
    "accounts/factors/recoveries.py",
    "accounts/identity/services/uniqueness.py",
    "common/text/countries.py",
    "common/text/dates.py",
    "common/text/phone_numbers.py",
    "common/text/time_zones.py",
    "common/text/user_names.py",
    "common/text/texts.py",
    "accounts/credentials/judging.py",
    "accounts/credentials/services/passwords.py",
    "branding/look.py",
    "portal_frame/roles.py",
    "portal/forms/invitation.py",
    "userflows/forms/answers.py",
    "userflows/forms/attributes.py",
    "userflows/forms/pages.py",
    "userflows/forms/codes.py",
    "userflows/forms/fields.py",
    "userflows/forms/passkeys.py",
    "userflows/forms/phones.py",
    "userflows/factors/*.py",
    "userflows/journeys/attempts/refusals.py",
    "userflows/journeys/dead_ends.py",
    "userflows/journeys/messages/texts.py",
    "userflows/forms/own_account.py",
    "userflows/own_account/*.py",
    "userflows/steps/**/*.py",
    "userflows/views/customer/**/*.py",
    "oidc/authorization/requests/request.py",
    "oidc/devices/forms.py",
    "oidc/authorization/views/*.py",
    "oidc/consents/*.py",
    "oidc/devices/views.py",
    "oidc/sign_out/views/customer.py",
    "oidc/wire/pages.py",
    "templates/customer/**/*.html",
    "templates/downloads/*.html",
    "templates/emails/*",
    "templates/errors/*.html",
)
# Where administrators read: all that is marked, but what customers read as well. The command line is English.
PORTAL_SOURCES = (
    *(
        f"{package}/**/*.py"
        for package in (
            "accounts applications audit branding bulk captcha ciam_portal common documentation figures hooks logs "
            "mail oidc operations portal portal_frame providers sms tenants userflows"
        ).split()
    ),
    "templates/portal/**/*.html",
)
KEYWORDS: dict[str, Any] = dict.fromkeys(
    "_ gettext gettext_lazy gettext_noop ngettext ngettext_lazy pgettext pgettext_lazy npgettext".split()
)
MARKED = re.compile(rf"\b(?:{'|'.join(KEYWORDS)})\s*\(")
CALL = re.compile(r"""(?:n?p?gettext|(?<!\w)_)\((?:u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"),?\s*)+[^)]*\)""")
INCLUDE = re.compile(r"""\{% include ["']([^"']+)["']""")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
LONE_LETTER = re.compile(r"(?<=\b[^\W\d_])-(?=\w)")
SENTENCES = ROOT / "branding" / "words" / "sentences.json"
NUMBER = re.compile(r"%\(\w+\)d|%\((?:count|days)\)s")
# A number, and the blank before what it counts: no line ends there, in any language.
COUNTED = re.compile(rf"({NUMBER.pattern}|\b\d+) (?=\w)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|<[^>]+>")
# What else a compiled catalogue depends on.
COMPILERS = (Path(__file__), ROOT / "branding" / "words" / "slots.py")


@dataclass(frozen=True)
class Readers:
    """Who reads a catalogue: where it stands, in which languages, with words for which terms, and where they read."""

    who: str
    folder: Path
    languages: Sequence[str]
    terms: Sequence[str]
    sources: Sequence[str]


def _codes(languages: Sequence[Language]) -> tuple[str, ...]:
    return tuple(language.code for language in languages if language.code != ENGLISH)


CUSTOMERS = Readers("customers", CUSTOMERS_CATALOGUES, _codes(TRANSLATED_LANGUAGES), TERMS, SOURCES)
ADMINISTRATORS = Readers("administrators", PORTALS_CATALOGUES, _codes(PORTAL_LANGUAGES), (), PORTAL_SOURCES)
EVERYBODY = (CUSTOMERS, ADMINISTRATORS)


def catalogue_path(language: str, readers: Readers = CUSTOMERS) -> Path:
    """Where a language's translations stand."""
    return catalogue_in(readers.folder, language)


def terms_of(language: str, readers: Readers = CUSTOMERS) -> Terms:
    """How a language speaks to these readers."""
    return read_terms(readers.folder / to_locale(language))


@cache
def read_catalogue(language: str, readers: Readers = CUSTOMERS) -> Catalog:
    """The translations as written; empty for a language that has none yet."""
    return _parsed(language, readers)


def _parsed(language: str, readers: Readers) -> Catalog:
    path = catalogue_path(language, readers)
    if not path.exists():
        return Catalog(locale=to_locale(language), fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language))


@cache
def extracted(readers: Readers = CUSTOMERS) -> Catalog:
    """Every sentence that these read, with the files it stands in; for administrators, those that no customer reads."""
    template = Catalog(project="CIAM Portal", fuzzy=False)
    customers = {_identity(message) for message in extracted()} if readers is ADMINISTRATORS else set()
    for path in source_files(readers):
        for function, arguments in _messages_in(path):
            key, context = _key(function, arguments)
            is_theirs = (key, context) not in customers if readers is ADMINISTRATORS else context != PORTAL
            if key and is_theirs:
                flags = ["python-format"] if "%(" in str(key) else []
                template.add(key, locations=[(str(path.relative_to(ROOT)), 0)], flags=flags, context=context)
    return template


def source_files(readers: Readers = CUSTOMERS) -> Iterator[Path]:
    """The files in which these readers' sentences stand, in order."""
    for pattern in readers.sources:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())


def sentences_file() -> str:
    """The table of the sentences that a tenant may say otherwise, as it has to be: one a line, by what is edited.

    Each has the messages of the catalogue that it stands for, and the pages it stands on. A sentence with a context,
    such as the form of a date, isn't words.
    """
    pages = _pages_by_file()
    rows: dict[str, dict[str, Any]] = {}
    for message in extracted():
        files = [file for file, _ in message.locations if is_for_customers(file)]
        if not message.id or message.context or not files:
            continue
        forms = _forms(message.id)
        row = rows.setdefault(shown(forms[0]), {"messages": [], "pages": set()})
        row["messages"].append(forms)
        row["pages"] |= {page for file in files for page in pages[file]}
    told = [
        json.dumps(
            {"text": text, "messages": sorted(row["messages"]), "pages": sorted(row["pages"])}, ensure_ascii=False
        )
        for text, row in sorted(rows.items())
    ]
    plurals = json.dumps({language.code: _plural_of(language) for language in LANGUAGES}, ensure_ascii=False)
    return '{"plurals": ' + plurals + ',\n"sentences": [\n' + ",\n".join(told) + "\n]}\n"


def _plural_of(language: Language) -> str:
    """How a language counts, as its catalogue says it, or as Unicode does for one that has none."""
    code = to_locale(language.code)
    return str(read_catalogue(language.code).plural_expr if language.is_translated else get_plural(code).plural_expr)


def _pages_by_file() -> dict[str, set[str]]:
    """The pages that each file's sentences stand on: its own, or those of the templates that include it."""
    files = {str(path.relative_to(ROOT)): path for path in source_files()}
    included: dict[str, set[str]] = {}
    for file, path in files.items():
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            included.setdefault(f"templates/{name}", set()).add(file)

    def pages(file: str, seen: frozenset[str] = frozenset()) -> set[str]:
        by_others = (pages(each, seen | {file}) for each in included.get(file, ()) if each not in seen)
        return set(pages_of(file)) or set().union(*by_others)

    return {file: pages(file) for file in files}


def update_catalogues() -> None:
    """Bring new sentences into each catalogue, untranslated, and drop those that are gone."""
    SENTENCES.write_text(sentences_file(), encoding="utf-8")
    for readers in EVERYBODY:
        template = extracted(readers)
        for language in readers.languages:
            _update(language, readers, template)


def _update(language: str, readers: Readers, template: Catalog) -> None:
    catalogue = read_catalogue(language, readers)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = (
        f"# What {readers.who} read, in {catalogue.locale.english_name}.\n"
        f"# Register: {terms_of(language, readers).register}"
    )
    path = catalogue_path(language, readers)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    path.write_bytes(_without_dates(written.getvalue()))


def compile_catalogues() -> None:
    """Write what the product loads beside each catalogue that has changed. Whoever reads it meanwhile gets the one
    before, whole.
    """
    for readers in EVERYBODY:
        for language in readers.languages:
            path = catalogue_path(language, readers)
            made_of = _digest_of(path, path.parents[1] / TERMS_FILE, *COMPILERS)
            if not _ends_with(path.with_suffix(".mo"), made_of):
                _compile(language, readers, made_of)


def _digest_of(*sources: Path) -> bytes:
    """Of what a compiled catalogue is made of. Times tell nothing: a release that is unpacked keeps its files' own."""
    digest = hashlib.sha256(babel.__version__.encode())
    for source in sources:
        digest.update(hashlib.sha256(source.read_bytes() if source.exists() else b"").digest())
    return digest.digest()


def _ends_with(made: Path, digest: bytes) -> bool:
    return made.exists() and made.read_bytes().endswith(digest)


def _compile(language: str, readers: Readers, made_of: bytes) -> None:
    """Write it with the digest at its end, where nobody who looks words up by their places reads."""
    path = catalogue_path(language, readers).with_suffix(".mo")
    new = path.with_suffix(f".{os.getpid()}")
    with new.open("wb") as compiled:
        write_mo(compiled, _for_pages(language) if readers is CUSTOMERS else read_catalogue(language, readers))
        compiled.write(made_of)
    new.replace(path)


def _for_pages(language: str) -> Catalog:
    """What customers read, with what keeps a line from ending in "E-", within a word or behind a number."""
    catalogue = _parsed(language, CUSTOMERS)
    whole = {word.replace("|", ""): word.replace("|", WORD_JOINER) for word in terms_of(language).whole}
    for message in catalogue:
        forms = [LONE_LETTER.sub(HYPHEN_OF_A_WORD, form) for form in _forms(message.string)]
        forms = [COUNTED.sub(rf"\g<1>{NO_BREAK_BLANK}", form) for form in forms]
        for word, joined in whole.items():
            forms = [form.replace(word, joined) for form in forms]
        message.string = tuple(forms) if isinstance(message.string, tuple | list) else forms[0]
    return catalogue


def problems() -> list[str]:
    """What is wrong with the catalogues, as sentences; empty if they are complete and agree."""
    return [problem for readers in EVERYBODY for problem in _problems_of(readers)] + [*_problems_of_sentences()]


def _problems_of_sentences() -> Iterator[str]:
    table = sentences_file()
    if SENTENCES.read_text(encoding="utf-8") != table:
        yield f"{SENTENCES.name}: not up to date"
    for row in json.loads(table)["sentences"]:
        if not row["pages"]:
            yield f"branding/words/pages.py: no page has the file of: {row['text']}"


def _problems_of(readers: Readers) -> Iterator[str]:
    yield from (f"{pattern}: no such file" for pattern in readers.sources if not any(ROOT.glob(pattern)))
    template = extracted(readers)
    wanted = {_identity(message) for message in template if message.id}
    english = frozenset(_forms(message.id)[0] for message in template if message.id)
    for language in readers.languages:
        catalogue = read_catalogue(language, readers)
        known = {_identity(message): message for message in catalogue if message.id}
        told = f"{language}, {readers.who}"
        yield from (f"{told}: not in the catalogue: {text}" for text in sorted(map(str, wanted - known.keys())))
        yield from (f"{told}: no longer used: {text}" for text in sorted(map(str, known.keys() - wanted)))
        terms = terms_of(language, readers)
        yield from (f"{told}: {gap}" for gap in gaps_in(terms, readers.terms, english))
        for message in known.values():
            problem = _problem(message) or _problem_of_terms(message, terms)
            if problem:
                yield f"{told}: {problem}: {message.id}"


def _problem(message: Message) -> str:
    """What is wrong with one translation; empty if nothing is."""
    originals, translations = _forms(message.id), _forms(message.string)
    if not all(translations):
        return "not translated"
    if message.fuzzy:
        return "not certain"
    if any(CONTROL.search(translation) for translation in translations):
        return "characters that can't be seen"
    wanted = sorted(PLACEHOLDER.findall(originals[-1]))
    for translation in translations:
        # A plural form may leave its number out ("one minute"), but nothing else, and may bring nothing new.
        has = sorted(PLACEHOLDER.findall(translation))
        if has != wanted and [name for name in wanted if not NUMBER.fullmatch(name)] != has:
            return "other placeholders"
    return ""


def _problem_of_terms(message: Message, terms: Terms) -> str:
    missing = missing_terms(terms, _forms(message.id), _forms(message.string))
    return f"another word for {', '.join(missing)}" if missing else ""


def _forms(said: Any) -> list[str]:
    """The texts of a message, one for each number where it counts."""
    return [str(form or "") for form in (said if isinstance(said, tuple | list) else (said,))]


def _messages_in(path: Path) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Each call that asks for a translation: the function's name and its arguments, None where one isn't text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What comes isn't a program, only calls among noise.
        text = "\n".join(CALL.findall(templatize(text, origin=str(path))))
    elif not MARKED.search(text):
        # To read a program by its tokens takes long, and most files have nothing to say.
        return
    # Babel's own annotation names the members in another order than they come.
    found: Iterator[Any] = extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"})
    for _, function, messages, _ in found:
        yield function, messages if isinstance(messages, tuple) else (messages,)


def _key(function: str, arguments: tuple[str | None, ...]) -> tuple[str | tuple[str, str], str | None]:
    """The message's key and its context, from the call it stands in; the key is empty if there is no text in it."""
    words = [word for word in arguments if word]
    context = words.pop(0) if "pgettext" in function and words else None
    if function.startswith("n") and len(words) > 1:
        return (words[0], words[1]), context
    return (words[0] if words else ""), context


def _identity(message: Message) -> tuple[object, str | None]:
    return message.id, message.context


def _without_dates(written: bytes) -> bytes:
    """Leave out of the header what would change every file at every run, or says nothing."""
    fields = b"Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team"
    return re.sub(rb'"(' + fields + rb'|Generated-By)[^"]*"\n', b"", written)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.translations", description=__doc__)
    parser.add_argument("command", choices=("extract", "compile", "check"))
    command = parser.parse_args().command
    if command == "extract":
        update_catalogues()
    elif command == "compile":
        compile_catalogues()
    else:
        found = problems()
        print("\n".join(found) or "Every catalogue is complete.")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
