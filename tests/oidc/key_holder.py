"""A client that proves itself by a key of its own, with PyJWT to sign."""

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from audit.services import Actor
from tenants.addressing import base_url
from tests.oidc.relying_party import RelyingParty

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT = {"grant_type": "client_credentials"}
COMMAND = Actor.command()
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = rsa.generate_private_key(65537, 2048)


def jwk(key: Any, **members: str) -> dict[str, Any]:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    public = algorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: value for name, value in public.items() if name != "key_ops"} | members


KEYS = {"keys": [jwk(RSA_KEY, kid="rsa"), jwk(EC_KEY, kid="ec")]}


class KeyHolder(RelyingParty):
    """A service that signs assertions."""

    def assertion(
        self, *, key: Any = RSA_KEY, alg: str = "RS256", headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """An assertion; None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{base_url(self.browser.tenant)}/oidc",
            "exp": now + 60,
            "iat": now,
            "jti": secrets.token_urlsafe(12),
        }
        held = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(held, key, algorithm=alg, headers={"kid": "rsa"} if headers is None else headers)

    def asserted(self, assertion: str, path: str = "/oidc/token", **parameters: str | None) -> Any:
        sent = {"client_assertion_type": TYPE, "client_assertion": assertion, **parameters}
        return self.post(path, {**GRANT, **sent} if path == "/oidc/token" else sent)


def is_refused(answer: Any) -> bool:
    return answer.status_code == 401 and answer.json()["error"] == "invalid_client"
