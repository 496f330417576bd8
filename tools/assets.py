"""Fetches what other people made for the portal's look, and lays a named list of files into static/vendor.

Only these files are served; the packages they come from are a hundred times as large. Each comes with its licence.

    python -m tools.assets
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.node import NodeError, install

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
LICENCES = ROOT / "tools" / "licences"
VENDOR = ROOT / "static" / "vendor"

# Arabic, Hebrew, Chinese, Japanese and Korean are left to the system's fonts.
ALPHABETS = ("latin", "latin-ext", "cyrillic", "greek", "vietnamese")
SOURCE_MAP_COMMENT = re.compile(rb"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")


@dataclass(frozen=True)
class Asset:
    """A file to copy: where it lies now, and where under static/vendor it goes."""

    source: Path
    target: str


def assets() -> list[Asset]:
    """Return every file that is copied."""
    tabler = PACKAGES / "@tabler" / "core" / "dist"
    inter = PACKAGES / "@fontsource-variable" / "inter"
    names = [f"inter-{alphabet}-wght-normal.woff2" for alphabet in ALPHABETS]
    return [
        Asset(tabler / "css" / "tabler.min.css", "tabler/tabler.min.css"),
        # The package names its licence and leaves the text out.
        Asset(LICENCES / "tabler.txt", "tabler/LICENSE.txt"),
        *(Asset(inter / "files" / name, f"inter/{name}") for name in names),
        Asset(inter / "LICENSE", "inter/LICENSE.txt"),
    ]


def fetch() -> bool:
    """Bring static/vendor up to date and return whether there was anything to do. Raises `NodeError`."""
    stamp = VENDOR / ".stamp"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and all((VENDOR / a.target).exists() for a in assets()):
        return False

    install(ROOT)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for asset in assets():
        target = VENDOR / asset.target
        target.parent.mkdir(parents=True, exist_ok=True)
        content = asset.source.read_bytes()
        target.write_bytes(without_source_map(content) if target.suffix in {".css", ".js"} else content)
    stamp.write_text(wanted)
    return True


def without_source_map(content: bytes) -> bytes:
    """Return a stylesheet or script without the comment that names its source map.

    The map is not shipped, and hashing file names for long caching fails over a reference to a file that is missing.
    """
    return SOURCE_MAP_COMMENT.sub(b"\n", content)


def main() -> int:
    try:
        fetch()
    except NodeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
