"""The provider's site as a browser sees it: it sends whoever arrives straight back."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from tests.providers.elsewhere import Elsewhere


@contextmanager
def site_of(elsewhere: Elsewhere) -> Iterator[None]:
    """The issuer's address is its own as long as the block lasts. (A request that follows a redirect can't be answered
    from within the browser.)"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            back = elsewhere.sign_in(
                f"{elsewhere.issuer}{self.path}", **(elsewhere.answers.pop(0) if elsewhere.answers else {})
            )
            there = f"{elsewhere.asked['redirect_uri'].partition('/t/')[0]}{back}"
            if elsewhere.asked.get("response_mode") == "form_post":
                self._show_form(there)
                return
            self.send_response(302)
            self.send_header("Location", there)
            self.end_headers()

        def _show_form(self, there: str) -> None:
            action, _, query = there.partition("?")
            inputs = "".join(f'<input type="hidden" name="{k}" value="{v}">' for k, v in parse_qsl(query))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<form method="post" action="{action}">{inputs}<button>Go on</button></form>'.encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    elsewhere.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
