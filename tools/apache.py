"""Sees to Apache with mod_auth_openidc, a relying party of the tests: Debian's packages, where root may install them.

Without them that test is skipped, and says so. No service is left running: Debian starts one with the package `apache2`
only, which isn't needed.

    python -m tools.apache
"""

from __future__ import annotations

import subprocess
import sys

from tools import debian

PACKAGES = ("apache2-bin", "libapache2-mod-auth-openidc")


def main() -> int:
    try:
        if debian.can_install():
            debian.install(PACKAGES)
    except subprocess.CalledProcessError as error:
        print(f"Apache could not be installed, so its test will be skipped: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
