"""What all processes of a run import, compiled by each in part: a fresh clone is compiled once, not once by each."""

import compileall
from itertools import islice
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key

from tests.environment import ROOT


def compile_share(config: pytest.Config, number: int, processes: int) -> None:
    """Compile one file of so many, beginning with this one, where it has changed since it was last."""
    packages = sorted(door.parent for door in ROOT.glob("*/__init__.py"))
    files = (path for package in packages for path in sorted(package.rglob("*.py")))
    for path in islice(files, number, None, processes):
        if path.name.startswith("test_") or path.name == "conftest.py":
            _compile_test(config, path)
        else:
            compileall.compile_file(path, quiet=2)


def _compile_test(config: pytest.Config, path: Path) -> None:
    """As pytest does when it imports one: with assertions that say what was compared."""
    folder = rewrite.get_cache_dir(path)
    made = folder / f"{path.stem}{rewrite.PYC_TAIL}"
    if not made.exists() or made.stat().st_mtime_ns < path.stat().st_mtime_ns:
        rewrite.try_makedirs(folder)
        digest, code = rewrite._rewrite_test(path, config)
        rewrite._write_pyc(config.stash[assertstate_key], code, digest, made)
