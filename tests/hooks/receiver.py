"""A tenant's server that hooks ask: a real one, on a free port of this machine; and what its owner checks."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import RSAKey

TOLERANCE = 5 * 60
# By which it reads passwords.
PAIR = RSAKey.generate_key(2048, private=True)
PUBLIC = PAIR.as_pem(private=False).decode()


@dataclass
class Asked:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def data(self) -> dict[str, Any]:
        return self.json["data"]

    @property
    def attributes(self) -> dict[str, Any]:
        """What it tells of who signs up, by name."""
        told = self.data["userSignUpInfo"]["attributes"]
        return {name: each["value"] for name, each in told.items()}


@dataclass
class Answered:
    """What goes back: a status, bytes, further headers, after so many seconds."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0


Behaviour = Callable[[Asked], Answered]


def action(name: str, **members: Any) -> Answered:
    """An answer with this action, whatever the moment is called before it."""
    data = {"@odata.type": "microsoft.graph.onResponseData", "actions": [{"@odata.type": f"microsoft.graph.x.{name}"}]}
    data["actions"][0].update(members)  # type: ignore[attr-defined]
    return Answered(body=json.dumps({"data": data}).encode())


GO_ON = action("continueWithDefaultBehavior")


class Receiver:
    """Which requests came, and how each is answered: by `behave`, which may be exchanged."""

    def __init__(self, port: int = 0) -> None:
        self.port, self.asked = port, list[Asked]()
        self.behave: Behaviour = lambda _: GO_ON

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=k"

    def answers(self, *answers: Answered) -> None:
        """Answer so, one after the other; the last one for ever."""
        waiting = list(answers)
        self.behave = lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


class Verifier:
    """What a receiver does by the documentation: it believes nothing old, nothing altered, nothing twice."""

    def __init__(self, secret: str) -> None:
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.seen: set[str] = set()

    def believes(self, asked: Asked, *, now: float | None = None) -> bool:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        message_id, sent_at = headers["webhook-id"], headers["webhook-timestamp"]
        if abs((now or time.time()) - int(sent_at)) > TOLERANCE or message_id in self.seen:
            return False
        signed = f"{message_id}.{sent_at}.".encode() + asked.body
        wanted = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        given = [each.partition(",")[2] for each in headers["webhook-signature"].split()]
        if not any(hmac.compare_digest(wanted, each) for each in given):
            return False
        self.seen.add(message_id)
        return True


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that answers as long as the block lasts."""
    one = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = Asked(dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
            one.asked.append(asked)
            answer = one.behave(asked)
            time.sleep(answer.after)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
