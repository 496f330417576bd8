#!/usr/bin/env python3
"""The command line of the installation: `manage.py help` lists what it can do."""

import os
import sys

from django.core.management import execute_from_command_line

from common.environment import WrongSetting


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
