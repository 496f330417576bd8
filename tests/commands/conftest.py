import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def say(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command and returns what it printed."""

    def run(*words: str, typed: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        printed = io.StringIO()
        call_command(*words, stdout=printed)
        return printed.getvalue()

    return run


@pytest.fixture
def run(say: Callable[..., str]) -> Run:
    """Runs a command with --json and returns its answer, which must be a single line."""

    def answer(*words: str, typed: str = "") -> dict[str, Any]:
        printed = say(*words, "--json", typed=typed)
        assert printed.count("\n") == 1
        parsed: dict[str, Any] = json.loads(printed)
        return parsed

    return answer
