"""A client whose tokens are bound to a key of its own (RFC 9449)."""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.oidc.relying_party import FORM, RelyingParty, basic


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Holder:
    """Somebody who holds a key, at one application."""

    def __init__(self, party: RelyingParty, algorithm: str = "ES256") -> None:
        self.party, self.algorithm = party, algorithm
        self.key: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        public = jwt.get_algorithm_by_name(algorithm).to_jwk(self.key.public_key(), as_dict=True)
        self.jwk = {name: public[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in public}
        self.metadata = party.browser.get("/oidc/.well-known/openid-configuration").json()
        self.nonce = ""

    @property
    def jkt(self) -> str:
        canonical = json.dumps(self.jwk, sort_keys=True, separators=(",", ":"))
        return encoded(hashlib.sha256(canonical.encode()).digest())

    def proof(self, method: str, url: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        usual = {"jti": str(uuid4()), "htm": method, "htu": url, "iat": int(time.time()), "nonce": self.nonce}
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        head = {"typ": "dpop+jwt", "jwk": self.jwk, **(header or {})}
        return jwt.encode(said, self.key, algorithm=self.algorithm, headers=head)

    def token(self, *, proof: str | None = None, **parameters: str) -> Any:
        """Ask the token endpoint, and repeat with the nonce it hands out, as RFC 9449 section 8 has it."""
        answer = self._ask(proof or self.proof("POST", self.metadata["token_endpoint"]), parameters)
        if proof is None and answer.json().get("error") == "use_dpop_nonce":
            self.nonce = answer["DPoP-Nonce"]
            answer = self._ask(self.proof("POST", self.metadata["token_endpoint"]), parameters)
        return answer

    def exchange(self, code: str, **how: Any) -> Any:
        return self.token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.party.redirect_uri,
            code_verifier=self.party.verifier,
            **how,
        )

    def refresh(self, token: str, **how: Any) -> Any:
        return self.token(grant_type="refresh_token", refresh_token=token, **how)

    def userinfo(self, access_token: str, *, scheme: str = "DPoP", proof: str | None = None) -> Any:
        proof = proof or self.proof("GET", self.metadata["userinfo_endpoint"], ath=digest(access_token))
        headers = {"Authorization": f"{scheme} {access_token}", "DPoP": proof}
        return self.party.browser.get("/oidc/userinfo", headers=headers)

    def _ask(self, proof: str, parameters: dict[str, str]) -> Any:
        headers, party = {"DPoP": proof}, self.party
        if party.secret is None:
            parameters = {"client_id": party.client_id, **parameters}
        else:
            headers["Authorization"] = basic(party.client_id, party.secret)
        return party.browser.post("/oidc/token", urlencode(parameters), FORM, headers=headers)


def digest(access_token: str) -> str:
    return encoded(hashlib.sha256(access_token.encode()).digest())
