"""Writes the lock files anew: requirements*.txt and the two package-lock.json.

The locks hold versions and hashes and no address, so they install from whatever index a machine is set up for.
Versions already locked stay unless `--upgrade` is given.

    python -m tools.locks [--upgrade]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.node import npm

ROOT = Path(__file__).resolve().parent.parent
# Each after the one it includes, so that shared packages have one version throughout.
REQUIREMENTS = ("requirements", "requirements-local", "requirements-node", "requirements-dev")
PACKAGES = (ROOT, ROOT / "tests" / "clients" / "node")
COMPILE = (
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
)


def lock_python(name: str, *, upgrade: bool) -> None:
    """Compile `<name>.in` to `<name>.txt`, keeping to what requirements.txt has already settled."""
    target = ROOT / f"{name}.txt"
    options = ["--upgrade"] if upgrade else []
    settled = ROOT / "requirements.txt"
    if target != settled:
        options += [f"--constraint={settled.name}"]
    subprocess.run(
        [sys.executable, "-m", *COMPILE, *options, f"{name}.in", "--output-file", target.name],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"},
    )


def lock_node(folder: Path, *, upgrade: bool) -> None:
    """Write a folder's package-lock.json anew, without the addresses of those who ask for donations."""
    command = "update" if upgrade else "install"
    subprocess.run([*npm(), command, "--package-lock-only", "--ignore-scripts"], cwd=folder, check=True)
    path = folder / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2) + "\n")


def main(arguments: list[str]) -> int:
    upgrade = "--upgrade" in arguments
    for name in REQUIREMENTS:
        lock_python(name, upgrade=upgrade)
    for folder in PACKAGES:
        lock_node(folder, upgrade=upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
