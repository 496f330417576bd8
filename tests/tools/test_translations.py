"""Catalogues are compiled where they have changed, and only there: each run of the tests asks for it."""

import os
from gettext import GNUTranslations
from pathlib import Path

import pytest

from tools import translations
from tools.translations import Readers, compile_catalogues

SAID = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Shop"\nmsgstr "{}"\n'


def test_a_catalogue_is_compiled_anew_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = Readers("customers", tmp_path, ("de",), (), ())
    monkeypatch.setattr(translations, "CUSTOMERS", only)
    monkeypatch.setattr(translations, "EVERYBODY", (only,))
    catalogue = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    compiled = catalogue.with_suffix(".mo")

    def says() -> str:
        compile_catalogues()
        with compiled.open("rb") as file:
            return GNUTranslations(file).gettext("Shop")

    catalogue.write_text(SAID.format("Laden"))
    assert says() == "Laden"
    first = compiled.stat()
    assert says() == "Laden"
    assert compiled.stat().st_ino == first.st_ino

    catalogue.write_text(SAID.format("Geschäft"), encoding="utf-8")
    # As a release is unpacked, with the time at which it was made.
    os.utime(catalogue, ns=(0, 0))
    assert says() == "Geschäft"
