"""What is in the repository works on every machine: it names no package index and no path of one machine."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))
PACKAGE_LOCKS = [ROOT / "package-lock.json", ROOT / "tests" / "clients" / "node" / "package-lock.json"]

# Written apart, so that this file does not name them itself.
INDEX_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com"]
MACHINE_PATHS = r"(?<![\w.}-])/(work|root|home/\w+)/"
STRANGER = re.compile("|".join([*map(re.escape, INDEX_HOSTS), MACHINE_PATHS]))


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("there is no repository around these files")
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{n}: {line.strip()}" for n, line in enumerate(lines, 1) if STRANGER.search(line)
        ]

    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_dependencies_are_locked_with_hashes_and_without_addresses(lock: Path) -> None:
    packages = re.split(r"\n(?=\S+==)", lock.read_text())[1:]

    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in lock.read_text()
    assert "--find-links" not in lock.read_text()


@pytest.mark.parametrize("lock", PACKAGE_LOCKS, ids=lambda path: path.parent.name)
def test_node_dependencies_are_locked_with_hashes_and_without_addresses(lock: Path) -> None:
    packages = {name: entry for name, entry in json.loads(lock.read_text())["packages"].items() if name}

    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "://" not in lock.read_text()


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
