"""`make fuzz` says how many requests, style sheets and pictures; the seed of a run that failed brings it back."""

import secrets

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fuzz")
    group.addoption("--fuzz-requests", type=int, default=1500, help="how many spoilt requests to send")
    group.addoption("--fuzz-sheets", type=int, default=200, help="how many hostile style sheets to load")
    group.addoption("--fuzz-pictures", type=int, default=40, help="how many hostile pictures to encode")
    group.addoption("--fuzz-uploads", type=int, default=12, help="how many of them to upload and show in a browser")
    group.addoption("--fuzz-seed", type=int, default=secrets.randbelow(10**6), help="which ones")
