"""npm comes from PATH or from a package, and installs only what a lock names."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import node
from tools.node import NodeError


@pytest.fixture(autouse=True)
def _look_anew() -> Iterator[None]:
    npm = node.npm
    npm.cache_clear()
    yield
    npm.cache_clear()


@pytest.mark.parametrize("on_path", [None, "v12.22.0", "nonsense"])
def test_without_a_recent_npm_on_path_the_package_serves(monkeypatch: pytest.MonkeyPatch, on_path: str | None) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: on_path and f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=on_path))
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=["/wheel"])
    )

    assert node.npm() == ("/wheel/bin/node", "/wheel/lib/node_modules/npm/bin/npm-cli.js")


def test_with_neither_the_message_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(NodeError, match=r"requirements-node\.txt"):
        node.npm()


def test_a_folder_is_installed_again_only_when_its_lock_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        commands.append(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(node, "npm", lambda: ("npm",))
    monkeypatch.setattr(subprocess, "run", run)
    lock = tmp_path / "package-lock.json"

    lock.write_text("{}")
    assert node.install(tmp_path)
    assert not node.install(tmp_path)
    lock.write_text("{ }")
    assert node.install(tmp_path)

    assert len(commands) == 2
    assert all("--ignore-scripts" in command for command in commands)


def test_what_npm_says_is_passed_on_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(node, "npm", lambda: ("npm",))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stderr="no network"))

    with pytest.raises(NodeError, match=r"no network"):
        node.install(tmp_path)
    assert not (tmp_path / "node_modules").exists()
