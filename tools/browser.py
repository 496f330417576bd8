"""Sees to a Chromium for the tests that look at pages, with fonts for the alphabets the product speaks.

The one on the machine if there is one; else Debian's, where root may install packages; else Playwright's.

    python -m tools.browser           prints the path of the browser, or nothing if Playwright brings its own
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome")
FONTS = ("fonts-noto-core", "fonts-noto-cjk")
"""Debian packages: Arabic and Hebrew among others, and Chinese, Japanese and Korean."""


def find() -> str | None:
    """Return the path of the machine's Chromium, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing_packages() -> list[str]:
    """Return which Debian packages are lacking."""
    wanted = [] if find() else ["chromium"]
    return wanted + [font for font in FONTS if not _is_installed(font)]


def administrator_command() -> list[str] | None:
    """Return what to write before a command to run it as root: nothing for root itself, None if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "--non-interactive", "true"]):
        return ["sudo", "--non-interactive"]
    return None


def install() -> None:
    """Install what is lacking, as far as this machine lets us. Raises `subprocess.CalledProcessError`."""
    prefix = administrator_command()
    if shutil.which("apt-get") and prefix is not None:
        packages = missing_packages()
        if packages:
            options = ["--yes", "--quiet", "--quiet", "--no-install-recommends"]
            _run([*prefix, "apt-get", "update", "--quiet", "--quiet"])
            _run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *options, *packages])
    elif find() is None:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _is_installed(package: str) -> bool:
    question = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(question, check=False, capture_output=True, text=True).stdout == "installed"


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _run(command: Sequence[str]) -> None:
    """Run a command whose words matter only if it fails."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main() -> int:
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"No browser could be installed: {error}", file=sys.stderr)
        return 1
    print(find() or "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
