"""An application with servers of its own, in whose callbacks a browser really arrives."""

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.oidc.relying_party import challenge_of

Act = Callable[[Page], None]
LISTEN = """() => {
    window.told = new Promise((tell) => { onmessage = ({ data }) => tell(data); setTimeout(tell, 20000, "nothing") });
}"""
IN_THE_APP = "com.example.club:/arrived"
PAGES = {
    "/": "<h1>Club</h1>",
    "/arrived": "<h1>Arrived</h1>",
    # The page of a popup: it tells whoever opened it, and closes.
    "/popup": "<script>opener.postMessage(location.href, location.origin); close()</script>",
}


class _Site(http.server.BaseHTTPRequestHandler):
    """Pages, and callbacks that send the browser on at once: to another site of the application, or to its app."""

    protocol_version = "HTTP/1.1"
    onward: dict[str, str]
    origins_of_forms: list[str]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        onward = self.onward.get(path)
        body = f"<!doctype html><title>Club</title>{PAGES.get(path, '')}".encode()
        self.send_response(HTTPStatus.SEE_OTHER if onward else HTTPStatus.OK)
        if onward:
            self.send_header("Location", onward)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.origins_of_forms.append(self.headers["Origin"])
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class _ServerOnIpv6(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


@dataclass(frozen=True)
class Club:
    """The application: `origin` has its callbacks, `elsewhere` is where `/web` leads on to.

    `on_ipv6` is a callback at a port of `[::1]`, as an app on a desk opens one. `origins_of_forms` collects what came
    as `Origin` with answers by form.
    """

    client_id: str
    issuer: str
    origin: str
    elsewhere: str
    on_ipv6: str
    origins_of_forms: list[str]

    def to_sign_in(self, callback: str, **parameters: str) -> str:
        """The address of a request for sign-in that is answered at this callback."""
        wanted = {
            "client_id": self.client_id,
            "redirect_uri": callback if "://" in callback else self.origin + callback,
            "response_type": "code",
            "scope": "openid email",
            "code_challenge": challenge_of("a verifier of the club's"),
            "code_challenge_method": "S256",
            **parameters,
        }
        return f"{self.issuer}/authorize?{urlencode(wanted)}"

    def to_sign_out(self, callback: str) -> str:
        """The address of a request for sign-out, without a hint: the customer is asked."""
        wanted = {"client_id": self.client_id, "post_logout_redirect_uri": self.origin + callback}
        return f"{self.issuer}/logout?{urlencode(wanted)}"


@contextmanager
def open_club(tenant: Tenant) -> Iterator[Club]:
    """The application, registered with the tenant, while its servers listen."""
    site: Any = type("Site", (_Site,), {"onward": {}, "origins_of_forms": []})
    servers = [
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), site),
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), site),
        _ServerOnIpv6(("::1", 0), site),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here, there = (f"http://127.0.0.1:{server.server_port}" for server in servers[:2])
    on_ipv6 = f"http://[::1]:{servers[2].server_port}/arrived"
    site.onward = {"/web": f"{there}/arrived", "/native": IN_THE_APP}
    callbacks = [f"{here}/{name}" for name in ("web", "native", "popup")]
    with tenant_context(tenant):
        application = register_application(
            name="Club",
            kind=Application.Kind.NATIVE,
            redirect_uris=[*callbacks, on_ipv6],
            post_logout_redirect_uris=callbacks,
            actor=Actor.command(),
        )
    issuer = f"{base_url(tenant)}/oidc"
    yield Club(application.client_id, issuer, here, f"{there}/arrived", on_ipv6, site.origins_of_forms)
    for server in servers:
        server.shutdown()
        server.server_close()


def told_by_popup(page: Page, address: str, act: Act) -> str:
    """Open a window, and act there; what it tells the page before it closes."""
    page.evaluate(LISTEN)
    with page.expect_popup() as opening:
        page.evaluate("address => { window.open(address, '', 'popup,width=500,height=700') }", address)
    act(opening.value)
    told: str = page.evaluate("window.told")
    return told
