"""An application's own server, which hears of sessions that have ended."""

import http.server
from typing import Any
from urllib.parse import parse_qs

import jwt

from tests.oidc.relying_party import RelyingParty
from tests.worker import run_jobs

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Listener(http.server.ThreadingHTTPServer):
    """An application's own server, which keeps what it was told and answers as it is bid."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ear)
        self.heard: list[dict[str, list[str]]] = []
        self.answers: list[int] = []
        self.uri = f"http://127.0.0.1:{self.server_port}/backchannel"


class _Ear(http.server.BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.server.heard.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing."""


def told(listener: Listener, shop: RelyingParty) -> list[dict[str, Any]]:
    """The claims of the logout tokens heard, each verified by another library."""
    run_jobs()
    tokens = [told["logout_token"][0] for told in listener.heard]
    assert all(jwt.get_unverified_header(token)["typ"] == "logout+jwt" for token in tokens)
    return [shop.accepts(token, audience=shop.client_id) for token in tokens]
