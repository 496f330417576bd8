"""A CAPTCHA provider on this machine: its widget is solved by a press, and its server answers as it is told."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from captcha.description import CaptchaDescription

SITE_KEY, SECRET, FOUND = "the-site-key", "the-captcha-secret", "found-by-the-widget"
SCRIPT = f"""
const place = document.querySelector(".a-captcha");
const box = document.createElement("button");
box.type = "button";
box.textContent = "A person";
box.addEventListener("click", () => {{
  const field = document.createElement("input");
  Object.assign(field, {{ type: "hidden", name: "a-captcha-response", value: "{FOUND}" }});
  place.replaceChildren(field, place.dataset.sitekey);
}});
place.append(box);
"""


class Provider(http.server.ThreadingHTTPServer):
    """`asked` are the forms it was sent; `said` is put in the place of its answer, with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ear)
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.said: Any = None
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.description = CaptchaDescription(
            provider="other",
            site_key=SITE_KEY,
            name="A Captcha",
            script_url=f"{self.url}/api.js",
            css_class="a-captcha",
            response_field="a-captcha-response",
            verify_url=f"{self.url}/siteverify",
            privacy_url=f"{self.url}/privacy",
        )

    def answer_to(self, form: dict[str, str]) -> Any:
        if self.said is not None:
            return self.said
        if form["secret"] != SECRET:
            return {"success": False, "error-codes": ["invalid-input-secret"]}
        is_found = form["response"] == FOUND
        return {
            "success": is_found,
            "error-codes": [] if is_found else ["invalid-input-response"],
            "hostname": "localhost",
        }


class _Ear(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self._answer(SCRIPT.encode(), "text/javascript")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.server.asked.append(form)
        self._answer(json.dumps(self.server.answer_to(form)).encode(), "application/json", self.server.status)

    def _answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing is printed."""


@contextmanager
def captcha_provider(provider: Provider | None = None) -> Iterator[Provider]:
    """One, or this one, that listens as long as the block lasts."""
    provider = provider or Provider()
    threading.Thread(target=provider.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
