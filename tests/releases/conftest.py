import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-release", default="", help="write down today's installation as this release's")
