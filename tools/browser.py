"""Sees to a Chromium for the tests that look at pages, with fonts for the alphabets the product speaks.

The one without a screen (`chromium-headless-shell`) from Debian, where root may install packages: the same engine draws
the same pages for a quarter of the CPU time, as none of a browser's own windows is behind them. Else any Chromium that
the machine has; else Playwright's.

    python -m tools.browser           prints the path of the browser, or nothing if Playwright brings its own
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from tools import debian

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome")
"""Programs, the quickest first. The first is also the name of its Debian package."""
FONTS = ("fonts-noto-core", "fonts-noto-cjk")
"""Debian packages: Arabic and Hebrew among others, and Chinese, Japanese and Korean."""


def find() -> str | None:
    """Return the path of the quickest Chromium that the machine has, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing_packages() -> list[str]:
    """Return which Debian packages are lacking."""
    wanted = [] if shutil.which(SHELL) else [SHELL]
    return wanted + [font for font in FONTS if not debian.is_installed(font)]


def install() -> None:
    """Install what is lacking, as far as this machine lets us. Raises `subprocess.CalledProcessError`."""
    if debian.can_install():
        debian.install(missing_packages())
    elif find() is None:
        debian.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])


def main() -> int:
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"No browser could be installed: {error}", file=sys.stderr)
        return 1 if find() is None else 0
    print(find() or "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
