"""A browser is installed only where one is lacking and the machine allows it."""

import os
import shutil
import subprocess

import pytest

from tools import browser, debian


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    ran: list[list[str]] = []
    monkeypatch.setattr(debian, "run", ran.append)
    return ran


def on_path(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in names else None)


def test_root_installs_browser_and_fonts_from_debian(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
) -> None:
    on_path(monkeypatch, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "is_installed", lambda package: False)

    browser.install()

    assert [command[0] for command in commands] == ["apt-get", "env"]
    assert commands[1][-3:] == ["chromium-headless-shell", "fonts-noto-core", "fonts-noto-cjk"]


def test_nothing_is_installed_where_nothing_is_lacking(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
) -> None:
    on_path(monkeypatch, "apt-get", "chromium", "chromium-headless-shell")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "is_installed", lambda package: True)

    browser.install()

    assert commands == []
    assert browser.find() == "/usr/bin/chromium-headless-shell"


def test_a_browser_with_windows_will_do_where_the_quick_one_cant_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str]) -> None:
        raise subprocess.CalledProcessError(100, command)

    on_path(monkeypatch, "apt-get", "chromium")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "is_installed", lambda package: False)
    monkeypatch.setattr(debian, "run", refuse)

    assert browser.main() == 0
    assert browser.find() == "/usr/bin/chromium"


def test_without_root_playwright_brings_its_own(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    on_path(monkeypatch, "apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    browser.install()

    assert [command[1:] for command in commands] == [["-m", "playwright", "install", "--only-shell", "chromium"]]


def test_the_machines_browser_does_without_root(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    on_path(monkeypatch, "google-chrome")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    browser.install()

    assert commands == []
