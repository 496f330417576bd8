"""A product of a few lines behind the real front: it says what it was asked, and some of its tenants are slow.

Started by granian as `tests.serving.echo:application`.
"""

import json
import time
from collections.abc import Iterable
from typing import Any

from serving.front import Answer, Front

LIMIT = 64 * 1024
THREADS = 4
SLOW_SECONDS = 1.5


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith("/slow"):
        time.sleep(SLOW_SECONDS)
    if environ["PATH_INFO"].startswith("/broken"):
        raise LookupError
    said = {name: value for name, value in environ.items() if isinstance(value, str)}
    said["body"] = environ["wsgi.input"].read().decode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [json.dumps(said).encode()]


application = Front(
    echo,
    threads=THREADS,
    limit_of=lambda _: LIMIT,
    key_of=lambda _, path: path.split("/")[1],
    at_once={"/alive": Answer(200, [("content-type", "text/plain")], b"alive")},
    body_seconds=2,
    waiting_seconds=3,
)
