"""Installing Debian's packages, where this machine lets us."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence


def administrator_command() -> list[str] | None:
    """Return what to write before a command to run it as root: nothing for root itself, None if there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "--non-interactive", "true"]):
        return ["sudo", "--non-interactive"]
    return None


def can_install() -> bool:
    """Whether there is apt, and a way to be root."""
    return shutil.which("apt-get") is not None and administrator_command() is not None


def install(packages: Sequence[str]) -> None:
    """Install what is lacking of the packages. Raises `subprocess.CalledProcessError`."""
    lacking = [package for package in packages if not is_installed(package)]
    prefix = administrator_command()
    if not lacking or prefix is None:
        return
    options = ["--yes", "--quiet", "--quiet", "--no-install-recommends"]
    run([*prefix, "apt-get", "update", "--quiet", "--quiet"])
    run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *options, *lacking])


def is_installed(package: str) -> bool:
    """Whether Debian's package is on this machine."""
    question = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(question, check=False, capture_output=True, text=True).stdout == "installed"


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def run(command: Sequence[str]) -> None:
    """Run a command whose words matter only if it fails."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
