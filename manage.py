#!/usr/bin/env python3
"""The command line of the installation: `manage.py help` lists what it can do."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path

VENV_PYTHON = Path(__file__).with_name(".venv") / "bin" / "python"
if find_spec("django") is None and VENV_PYTHON.exists():
    # Started by the system's Python, as `./manage.py` is.
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - no shell is wanted

from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402

from common.environment import WrongSetting  # noqa: E402


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
    try:
        with _beside_make_run():
            execute_from_command_line(sys.argv)
    except (WrongSetting, ImproperlyConfigured) as error:
        sys.exit(str(error))


def _beside_make_run() -> AbstractContextManager[None]:
    """Where nothing says which database is meant: that of `make run`. A server's installation has no such thing."""
    if not Path(__file__).with_name("tools").is_dir():
        return nullcontext()
    from tools.installation import beside_make_run

    return beside_make_run(os.environ)


if __name__ == "__main__":
    main()
