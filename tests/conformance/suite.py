"""What the certification suite does: a relying party over https, and somebody at a browser that runs no script."""

import json
import re
import secrets
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import jwt

from tests.cast import PASSWORD
from tests.clients.customer import Customer, form_of, forms_of
from tests.oidc.key_holder import RSA_KEY, jwk
from tests.oidc.relying_party import basic

CALLBACK = "https://suite.example/test/a/ciam/callback"
SIGNED_OUT = "https://suite.example/test/a/ciam/post_logout_redirect"
EMAIL = "carol@acme.example"
MOST_PAGES = 6
# The way on from the page that says whom she is about to leave for.
ONWARD = re.compile(rf'<a class="primary" href="({re.escape(CALLBACK)}[^"]*)"')


@dataclass(frozen=True)
class Client:
    """A registered client; `auth_method` is basic, post or key."""

    client_id: str
    secret: str
    auth_method: str


@dataclass(frozen=True)
class Provider:
    """An issuer, how it is reached, and the clients registered there."""

    issuer: str
    transport: httpx.BaseTransport
    client: Client
    client2: Client
    client_post: Client


@dataclass(frozen=True)
class SignedIn:
    """Everything that a happy ending brings."""

    answer: dict[str, str]
    tokens: dict[str, Any]
    claims: dict[str, Any]


class Person(Customer):
    """Carol at a browser. `pages` holds the pages she was shown.

    `got_a_form` says whether the client was told by a form that sends itself.
    """

    got_a_form = False

    def ask(self, url: str, *, data: dict[str, str] | None = None) -> dict[str, str]:
        """Go where the client sends her, answer each page, and return what the client is told."""
        response = self.http.post(url, data=data) if data is not None else self.http.get(url)
        for _ in range(MOST_PAGES):
            while response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if target.startswith(CALLBACK):
                    self.got_a_form = False
                    return _told_at(target)
                response = self.http.get(target)
            assert response.status_code == 200, f"{response.status_code} at {response.url}:\n{response.text[:2000]}"
            told = [form.fields for form in forms_of(response.text) if form.action == CALLBACK]
            if told:
                self.got_a_form = True
                return told[0]
            self.pages.append(response.text)
            onward = ONWARD.search(response.text)
            if onward:
                return _told_at(unescape(onward[1]))
            form, page = form_of(response.text), str(response.url)
            typed = {"email": EMAIL, "password": PASSWORD}
            values = form.fields | {name: typed[name] for name in form.asks if name in typed}
            response = self.http.post(urljoin(page, form.action), data=values, headers={"Referer": page})
        raise AssertionError(f"Still at a page:\n{self.pages[-1][:3000]}")

    def leave(self, url: str, *, presses: bool = True) -> str:
        """Go to the address for signing out, press the button if there is one, and return where that ends.

        It is the address of the client, or "" if the pages lead to none; the last page stands in `pages` then.
        """
        response = self.http.get(url)
        for _ in range(MOST_PAGES):
            while response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if not target.startswith(url.partition("/t/")[0]):
                    return target
                response = self.http.get(target)
            self.pages.append(response.text)
            steps = [form for form in forms_of(response.text) if form.is_step]
            if not presses or not steps:
                return ""
            action = urljoin(str(response.url), steps[0].action)
            response = self.http.post(action, data=steps[0].fields, headers={"Referer": str(response.url)})
        raise AssertionError(f"Still at a page:\n{self.pages[-1][:3000]}")

    def error_page(self, url: str) -> str:
        """The page by which a request is refused, there being nobody to send back."""
        response = self.http.get(url)
        assert response.status_code == 400
        assert "location" not in response.headers
        return response.text


def _told_at(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


class Suite:
    """One plan: a relying party that asks for the response mode given, if any."""

    def __init__(self, provider: Provider, *, response_mode: str | None) -> None:
        self.provider, self.response_mode = provider, response_mode
        self.http = httpx.Client(transport=provider.transport, timeout=30)
        self.metadata = self.http.get(f"{provider.issuer}/.well-known/openid-configuration").json()

    def person(self) -> Person:
        """Somebody at a new browser."""
        return Person(transport=self.provider.transport)

    def parameters(self, **parameters: str | None) -> dict[str, str]:
        """Those of an authorization request; None leaves one out."""
        usual = {
            "client_id": self.provider.client.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": "code",
            "response_mode": self.response_mode,
        }
        return {name: value for name, value in {**usual, **parameters}.items() if value is not None}

    def url(self, **parameters: str | None) -> str:
        """The address of an authorization request."""
        return f"{self.metadata['authorization_endpoint']}?{urlencode(self.parameters(**parameters))}"

    def sign_out_url(self, **parameters: str | None) -> str:
        """The address of a request to sign out; None leaves a parameter out."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        return f"{self.metadata['end_session_endpoint']}?{urlencode(sent)}"

    def answer(self, person: Person, **parameters: str | None) -> dict[str, str]:
        """What the client is told, which has to be its own state and the issuer."""
        return self._ask(person, self.parameters(**parameters))

    def sign_in(self, person: Person, **parameters: str | None) -> SignedIn:
        """The happy ending: code, tokens, and an ID token that verifies."""
        sent = self.parameters(**parameters)
        return self._tokens(self._ask(person, sent), nonce=sent.get("nonce"))

    def sign_in_by_post(self, person: Person) -> SignedIn:
        """As `sign_in`, with the request in the body."""
        sent = self.parameters()
        told = person.ask(self.metadata["authorization_endpoint"], data=sent)
        assert told["state"] == sent["state"]
        return self._tokens(told, nonce=sent["nonce"])

    def exchange(self, code: str, **parameters: str) -> httpx.Response:
        """Redeem a code."""
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **parameters}
        return self.token(None, **sent)

    def token(self, client: Client | None = None, **parameters: str) -> httpx.Response:
        """Ask the token endpoint, authenticated as the client is registered."""
        client = client or self.provider.client
        headers = {"Authorization": basic(client.client_id, client.secret)} if client.auth_method == "basic" else {}
        if client.auth_method == "post":
            parameters |= {"client_id": client.client_id, "client_secret": client.secret}
        return self.http.post(self.metadata["token_endpoint"], data=parameters, headers=headers)

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """By GET, with the token in the header."""
        response = self.http.get(
            self.metadata["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"}
        )
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    def verified(self, id_token: str, *, nonce: str | None) -> dict[str, Any]:
        """The claims of an ID token, checked as OpenID Connect Core section 3.1.3.7 says."""
        header = jwt.get_unverified_header(id_token)
        assert header["alg"] == "RS256"
        keys = jwt.PyJWKSet.from_dict(self.http.get(self.metadata["jwks_uri"]).json())
        claims: dict[str, Any] = jwt.decode(
            id_token,
            keys[header["kid"]],
            algorithms=["RS256"],
            audience=self.provider.client.client_id,
            issuer=self.provider.issuer,
        )
        assert claims.get("nonce") == nonce
        assert claims["sub"]
        return claims

    def _ask(self, person: Person, sent: dict[str, str]) -> dict[str, str]:
        told = person.ask(f"{self.metadata['authorization_endpoint']}?{urlencode(sent)}")
        assert told["state"] == sent["state"]
        assert told["iss"] == self.provider.issuer
        return told

    def _tokens(self, answer: dict[str, str], *, nonce: str | None) -> SignedIn:
        response = self.exchange(answer["code"])
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        tokens = response.json()
        assert tokens["token_type"].lower() == "bearer"
        return SignedIn(answer, tokens, self.verified(tokens["id_token"], nonce=nonce))


class Site(AbstractContextManager["Site"]):
    """The client's own web site, on this machine: `files` holds what stands at each path, with its type."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, content = site.files.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def put(self, path: str, content: object, *, kind: str = "application/json") -> str:
        """Publish bytes, or anything as JSON; its address."""
        self.files[path] = kind, content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.url + path

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class DynamicSuite(Suite):
    """The Dynamic plan: each module registers the client it needs, as anyone may. It proves itself with its key."""

    def register(self, **metadata: Any) -> dict[str, Any]:
        """Become a client with these metadata, beside those that all modules send; what the issuer says of it."""
        response = self.try_to_register(**metadata)
        assert response.status_code == 201, response.text
        said: dict[str, Any] = response.json()
        client = Client(said["client_id"], said.get("client_secret", ""), "key")
        self.provider = replace(self.provider, client=client)
        return said

    def token(self, client: Client | None = None, **parameters: str) -> httpx.Response:
        """Ask the token endpoint with an assertion."""
        return self.asserted(RSA_KEY, "one", **parameters)

    def try_to_register(self, **metadata: Any) -> httpx.Response:
        usual = {
            "client_name": "Conformance dynamic",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "contacts": ["certification@suite.example"],
            **({} if "jwks_uri" in metadata else {"jwks": {"keys": [jwk(RSA_KEY, kid="one")]}}),
        }
        return self.http.post(self.metadata["registration_endpoint"], json=usual | metadata)

    def assertion(self, key: Any, kid: str, **claims: Any) -> dict[str, str]:
        """Parameters by which the client proves itself with its key (RFC 7523)."""
        client_id, now = self.provider.client.client_id, int(time.time())
        usual = {
            "iss": client_id,
            "sub": client_id,
            "aud": self.metadata["token_endpoint"],
            "iat": now,
            "exp": now + 60,
        }
        held = usual | {"jti": secrets.token_urlsafe(12)} | claims
        return {
            "client_id": client_id,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(held, key, algorithm="RS256", headers={"kid": kid}),
        }

    def asserted(self, key: Any, kid: str, *, aud: str = "", **parameters: str) -> httpx.Response:
        """Ask the token endpoint with an assertion instead of a secret."""
        proof = self.assertion(key, kid, **({"aud": aud} if aud else {}))
        return self.http.post(self.metadata["token_endpoint"], data=parameters | proof)
