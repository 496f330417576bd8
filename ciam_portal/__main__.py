"""`python -m ciam_portal`: the web server, with granian's options.

The product is loaded once, here; the processes that serve are forked off and share what none of them writes to. One
that ends is replaced at once, since nothing is left to load. See
docs/decisions/0058-web-processes-share-what-is-loaded.md.
"""

import multiprocessing
import sys

from granian.cli import cli

from ciam_portal import rsgi


def main() -> None:
    """Serve until it is told to stop."""
    if sys.platform == "linux":
        # What granian takes as well, unless Python has another usual way.
        multiprocessing.set_start_method("fork")
    cli([f"{rsgi.__name__}:application", "--interface", "rsgi", *sys.argv[1:]], auto_envvar_prefix="GRANIAN")


if __name__ == "__main__":
    main()
