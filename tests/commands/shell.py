"""A shell in which the product is loaded: each command is a fork of it, where a start of its own takes a second."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# What it is told: the words of a command, and the folder with its standard input that takes its outputs. It answers
# with the exit code. In the fork the interpreter ends as it does for a command that was started by itself.
PROGRAM = """
import base64, importlib, json, os, pkgutil, sys
import django, manage
django.setup()
from commands.management import commands
for module in pkgutil.iter_modules(commands.__path__):
    importlib.import_module(f"{commands.__name__}.{module.name}")
for line in sys.stdin:
    words, folder = json.loads(line)
    process = os.fork()
    if not process:
        os.dup2(os.open(f"{folder}/stdin", os.O_RDONLY), 0)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.stdin = open(0, closefd=False)
        sys.argv = ["manage.py", *(os.fsdecode(base64.b64decode(word)) for word in words)]
        manage.main()
        break
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Shell:
    """Where commands are given."""

    process: subprocess.Popen[str]
    folder: Path

    def run(self, words: Sequence[str | bytes], *, typed: bytes = b"") -> Done:
        (self.folder / "stdin").write_bytes(typed)
        told = [base64.b64encode(word if isinstance(word, bytes) else word.encode()).decode() for word in words]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps([told, str(self.folder)]), file=self.process.stdin, flush=True)
        code = int(self.process.stdout.readline())
        return Done(code, *((self.folder / name).read_bytes() for name in ("stdout", "stderr")))


@contextmanager
def opened(environment: Mapping[str, str], folder: Path) -> Iterator[Shell]:
    """A shell with these variables. Its commands leave what they say in the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        yield Shell(process, folder)
