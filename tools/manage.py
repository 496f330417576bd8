"""Runs one command of manage.py in the environment `make run` uses: same database, same secrets.

python -m tools.manage tenant list
"""

from __future__ import annotations

import os
import subprocess
import sys

from common.environment import WrongSetting
from tools.installation import ROOT, as_started, environment
from tools.postgres import PostgresError


def main(arguments: list[str]) -> int:
    """Return the command's exit status, or 1 if there is no folder or no database to run it on."""
    try:
        with environment(as_started(os.environ)) as settings:
            return subprocess.run(
                [sys.executable, "manage.py", *arguments], check=False, cwd=ROOT, env=settings
            ).returncode
    except (WrongSetting, PostgresError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
