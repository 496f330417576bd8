from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mail_server import mail_servers
from tests.tls import certificate_for


@pytest.fixture
def mail_server(django_capture_on_commit_callbacks: Any) -> Iterator[Any]:
    """Starts servers. What a story's transaction would have done once it is committed is done at its end."""
    with mail_servers() as start, django_capture_on_commit_callbacks(execute=True):
        yield start


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and 127.0.0.1 that nobody has signed, and its key."""
    return certificate_for(tmp_path_factory.mktemp("tls"), "localhost")
