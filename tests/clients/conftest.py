"""The product behind TLS, for the libraries that accept nothing less."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tls import TlsServer, serving_tls


@pytest.fixture
def tls_server(transactional_db: None, tmp_path: Path) -> Iterator[TlsServer]:
    with serving_tls(tmp_path) as server:
        yield server
