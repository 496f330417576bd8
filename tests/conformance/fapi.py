"""What the certification suite does in its FAPI 2.0 plans: pushes requests, asserts by a key, and holds another one."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from oidc.wire.encoding import base64url
from tests.clients.customer import forms_of
from tests.conformance.suite import CALLBACK, Person, Provider, SignedIn
from tests.oidc.key_holder import TYPE, jwk
from tests.oidc.relying_party import challenge_of

# The suite's second client is answered at an address with a query of its own.
CALLBACK2 = f"{CALLBACK}?dummy1=lorem&dummy2=ipsum"
Claims = dict[str, Any]


@dataclass(frozen=True)
class FapiClient:
    """A registered client: its key, the algorithm by which it signs, and the type it calls its requests, if any.

    The suite's second client writes the type in a case of its own.
    """

    client_id: str
    key: Any
    algorithm: str
    callback: str
    request_type: str = ""

    def sign(self, claims: Claims, *, algorithm: str = "", key: Any = None, typ: str = "") -> str:
        held = {name: value for name, value in claims.items() if value is not None}
        header = {"kid": "one", "typ": typ}
        return jwt.encode(held, key or self.key, algorithm=algorithm or self.algorithm, headers=header)

    def signed_request(self, claims: Claims) -> str:
        return self.sign(claims, typ=self.request_type)


class Holder:
    """A key by which access tokens are bound (RFC 9449), and the algorithm by which it signs."""

    def __init__(self, key: Any = None, algorithm: str = "ES256") -> None:
        self.key, self.algorithm = key or ec.generate_private_key(ec.SECP256R1()), algorithm
        self.jwk = {name: value for name, value in jwk(self.key).items() if name in {"crv", "kty", "x", "y", "n", "e"}}

    @property
    def jkt(self) -> str:
        canonical = json.dumps(self.jwk, sort_keys=True, separators=(",", ":"))
        return base64url(hashlib.sha256(canonical.encode()).digest())

    def proof(self, method: str, url: str, *, header: Claims | None = None, **claims: Any) -> str:
        """A proof for a request; None leaves a claim or a part of the header out."""
        usual = {"jti": str(uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        head = {"typ": "dpop+jwt", "jwk": self.jwk} | (header or {})
        return jwt.encode(said, self.key, algorithm=self.algorithm, headers=head)


class FapiSuite:
    """One plan. With `signs_messages` its requests are signed (RFC 9101), and so are the answers (JARM)."""

    def __init__(self, provider: Provider, client: FapiClient, client2: FapiClient, *, signs_messages: bool) -> None:
        self.provider, self.client, self.client2, self.signs_messages = provider, client, client2, signs_messages
        self.http = httpx.Client(transport=provider.transport, timeout=30)
        self.metadata = self.http.get(f"{provider.issuer}/.well-known/openid-configuration").json()
        self.holder = Holder()
        self.verifier = secrets.token_urlsafe(48)
        # Each answer to a proof has one (RFC 9449 section 8.2); so no try has to be repeated for the lack of it.
        self.nonce = self.http.get(self.metadata["userinfo_endpoint"], headers={"DPoP": "none"}).headers["DPoP-Nonce"]

    def as_second(self) -> "FapiSuite":
        """The same plan as its other client, which has another key for its tokens."""
        return FapiSuite(self.provider, self.client2, self.client, signs_messages=self.signs_messages)

    # --- Authorization requests -------------------------------------------------------------------------------------

    def parameters(self, **parameters: Any) -> Claims:
        """Those of an authorization request; None leaves one out."""
        usual = {
            "client_id": self.client.client_id,
            "redirect_uri": self.client.callback,
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": "code",
            "response_mode": "jwt" if self.signs_messages else None,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | parameters).items() if value is not None}

    def request_object(self, sent: Claims, **claims: Any) -> Claims:
        """What is signed of a request (FAPI 2.0 Message Signing section 5.3.1)."""
        now = int(time.time())
        about = {"iss": self.client.client_id, "aud": self.provider.issuer, "nbf": now, "exp": now + 300}
        return sent | about | claims

    def assertion(self, *, algorithm: str = "", key: Any = None, **claims: Any) -> dict[str, str]:
        """The parameters by which the client proves who it is; None leaves a claim out."""
        now, client_id = int(time.time()), self.client.client_id
        usual = {"iss": client_id, "sub": client_id, "aud": self.provider.issuer, "iat": now, "exp": now + 60}
        held = usual | {"jti": secrets.token_urlsafe(12)} | claims
        return {
            "client_assertion_type": TYPE,
            "client_assertion": self.client.sign(held, algorithm=algorithm, key=key),
        }

    def push(
        self,
        sent: Claims,
        *,
        assertion: dict[str, str] | None = None,
        proves: bool = False,
        holder: Holder | None = None,
        **claims: Any,
    ) -> httpx.Response:
        """Push a request; `proves` sends a proof of the key along, or `holder` one of another key.

        `claims` are those of its request object.
        """
        url = self.metadata["pushed_authorization_request_endpoint"]
        signed = self.client.signed_request(self.request_object(sent, **claims)) if self.signs_messages else ""
        form = {"request": signed} if signed else sent
        return self._send(url, form, assertion=assertion, holder=self.holder if proves else holder)

    def way(self, sent: Claims, **how: Any) -> str:
        """The address to which a pushed request sends the customer."""
        response = self.push(sent, **how)
        assert response.status_code == 201, response.text
        return self.address(response.json()["request_uri"])

    def address(self, request_uri: str, **beside: str) -> str:
        query = {"client_id": self.client.client_id, "request_uri": request_uri, **beside}
        return f"{self.metadata['authorization_endpoint']}?{urlencode(query)}"

    def ask(self, person: Person, sent: Claims, **how: Any) -> dict[str, str]:
        """What the client is told, checked as it should: its state, and who says so."""
        return self.told(person.ask(self.way(sent, **how)), sent)

    def told(self, answer: dict[str, str], sent: Claims) -> dict[str, str]:
        own = dict(parse_qsl(urlsplit(self.client.callback).query))
        assert own.items() <= answer.items()
        said = {name: value for name, value in answer.items() if name not in own}
        if self.signs_messages:
            assert said.keys() == {"response"}
            said = self.verified(said["response"])
            assert said.pop("aud") == self.client.client_id
            assert 10 < float(said.pop("exp")) - time.time() <= 600
        assert said["iss"] == self.provider.issuer
        assert said.get("state") == sent.get("state")
        return said

    def refusal(self, sent: Claims, **how: Any) -> str:
        """The error with which the pushed request is refused."""
        response = self.push(sent, **how)
        assert response.status_code in {400, 401}, response.text
        return error_of(response)

    # --- Tokens -----------------------------------------------------------------------------------------------------

    def code(self, person: Person, **parameters: Any) -> str:
        return self.ask(person, self.parameters(**parameters))["code"]

    def exchange(self, code: str, **how: Any) -> httpx.Response:
        """Redeem a code; None leaves a parameter out."""
        usual = {"code": code, "redirect_uri": self.client.callback, "code_verifier": self.verifier}
        return self.token(**({"grant_type": "authorization_code"} | usual | how))

    def token(
        self,
        *,
        holder: Holder | None = None,
        proves: bool = True,
        assertion: dict[str, str] | None = None,
        proof: Claims | None = None,
        **parameters: Any,
    ) -> httpx.Response:
        """Ask the token endpoint. `holder` is who proves the key, `proof` has claims of the proof."""
        form = {name: value for name, value in parameters.items() if value is not None}
        holder = (holder or self.holder) if proves else None
        url = self.metadata["token_endpoint"]
        return self._send(url, form, assertion=assertion, holder=holder, proof=proof)

    def sign_in(self, person: Person, *, proof: Claims | None = None, proves: bool = False, **asked: Any) -> SignedIn:
        """The happy ending: code, tokens, and an ID token that verifies."""
        sent = self.parameters(**asked)
        answer = self.ask(person, sent, proves=proves)
        response = self.exchange(answer["code"], proof=proof)
        assert response.status_code == 200, response.text
        assert response.headers["cache-control"] == "no-store"
        tokens = response.json()
        assert tokens["token_type"] == "DPoP"
        claims = self.verified(tokens["id_token"])
        assert claims["aud"] == self.client.client_id
        assert claims.get("nonce") == sent.get("nonce")
        return SignedIn(answer, tokens, claims)

    def verified(self, token: str) -> Claims:
        """The claims of what the issuer has signed, by an algorithm that FAPI 2.0 allows (section 5.4)."""
        header = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(self.http.get(self.metadata["jwks_uri"]).json())
        claims: Claims = jwt.decode(
            token,
            keys[header["kid"]],
            algorithms=["ES256", "PS256"],
            audience=self.client.client_id,
            issuer=self.provider.issuer,
        )
        return claims

    def userinfo(
        self, access_token: str, *, scheme: str = "DPoP", proof: str | None = None, **claims: Any
    ) -> httpx.Response:
        """Ask userinfo, with a proof of these claims unless one is given; "" sends none."""
        url = self.metadata["userinfo_endpoint"]
        ath = base64url(hashlib.sha256(access_token.encode()).digest())

        def ask() -> httpx.Response:
            said: Claims = {"ath": ath, "nonce": self.nonce} | claims
            made = self.holder.proof("GET", url, **said)
            sent = made if proof is None else proof
            headers = {"Authorization": f"{scheme} {access_token}", **({"DPoP": sent} if sent else {})}
            return self.http.get(url, headers=headers)

        return self._with_nonce(ask)

    def _send(
        self,
        url: str,
        form: Claims,
        *,
        assertion: dict[str, str] | None,
        holder: Holder | None,
        proof: Claims | None = None,
    ) -> httpx.Response:
        """Each try has an assertion and a proof of its own, as both are good once, unless the former is given."""

        def ask() -> httpx.Response:
            said: Claims = {"nonce": self.nonce} | (proof or {})
            headers = {"DPoP": holder.proof("POST", url, **said)} if holder else {}
            shown = self.assertion() if assertion is None else assertion
            return self.http.post(url, data=form | shown, headers=headers)

        return self._with_nonce(ask)

    def _with_nonce(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Repeat what the nonce of the answer is missing in (RFC 9449 section 8)."""
        response = ask()
        self.nonce = response.headers.get("DPoP-Nonce", self.nonce)
        if "use_dpop_nonce" in response.text:
            response = ask()
        return response

    # --- People -----------------------------------------------------------------------------------------------------

    def person(self) -> Person:
        """Somebody at a new browser."""
        return Person(transport=self.provider.transport)

    def is_refused_by_page(self, person: Person, url: str) -> bool:
        """Whether the browser is shown a page that leads nowhere by itself."""
        return bool(person.error_page(url))


def denied(person: Person, url: str) -> dict[str, str]:
    """What the client is told when the customer doesn't allow what it asks for."""
    response = person.http.get(url, follow_redirects=True)
    (form,) = [form for form in forms_of(response.text) if "answer" in form.fields]
    page = str(response.url)
    answered = person.http.post(
        urljoin(page, form.action), data=form.fields | {"answer": "deny"}, headers={"Referer": page}
    )
    return dict(parse_qsl(urlsplit(answered.headers["location"]).query))


def error_of(response: httpx.Response) -> str:
    """The error in an answer, which has to be JSON that no cache keeps."""
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    error: str = response.json()["error"]
    return error


def spoilt(token: str) -> str:
    """The same with another signature."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def from_now(seconds: int = 0) -> int:
    """A moment as a JWT has it."""
    return int(time.time()) + seconds


def unsigned(claims: Claims, **header: Any) -> str:
    head = base64url(json.dumps({"alg": "none", **header}).encode())
    return f"{head}.{base64url(json.dumps(claims).encode())}."
