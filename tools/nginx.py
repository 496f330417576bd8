"""Sees to nginx, the proxy of the composition, for the tests: Debian's package, where root may install it.

Without it those tests are skipped, and say so. Where there are services Debian starts it as one; the tests use a
process of their own.

    python -m tools.nginx
"""

from __future__ import annotations

import subprocess
import sys

from tools import debian

PACKAGES = ("nginx-light",)


def main() -> int:
    try:
        if debian.can_install():
            debian.install(PACKAGES)
    except subprocess.CalledProcessError as error:
        print(f"nginx could not be installed, so its tests will be skipped: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
