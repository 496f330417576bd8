from collections.abc import Iterator

import pytest

from tests.captcha.provider import Provider, captcha_provider
from tests.commands.conftest import run, say

__all__ = ["run", "say"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with captcha_provider() as provider:
        yield provider
