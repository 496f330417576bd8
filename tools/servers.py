"""Sees to the servers that tests start beside the product: Debian's packages, where root may install them.

Without them those tests are skipped, and say so. Where there are services Debian starts some of them; the tests use
processes of their own.

    python -m tools.servers
"""

from __future__ import annotations

import subprocess
import sys

from tools import debian

# A relying party, the proxy of the composition, a pool of connections, and the other proxies that are tested.
PACKAGES = ("apache2-bin", "libapache2-mod-auth-openidc", "nginx-light", "pgbouncer", "haproxy", "caddy")


def main() -> int:
    try:
        if debian.can_install():
            debian.install(PACKAGES)
    except subprocess.CalledProcessError as error:
        print(f"{', '.join(PACKAGES)} could not be installed; their tests will be skipped: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
