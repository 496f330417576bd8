"""An authenticator without a device: it makes keys and answers as browsers do, and lies where a test wants it to."""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django_tenants.utils import tenant_context

from accounts.factors.ceremonies import RelyingParty, check_made, from_text, new_handle, to_text
from accounts.factors.passkeys import add_passkey
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, Passkey
from tenants.models import Tenant
from tests.userflows.customer import Customer

UP, UV, BE, BS, AT = 1, 4, 8, 16, 64
ORIGIN = settings.CIAM_BASE_URL


@dataclass
class Key:
    """A passkey: its private half, by which ID and handle it is known, and how often it was used."""

    private: ec.EllipticCurvePrivateKey
    id: bytes
    handle: str
    count: int = 0


@dataclass
class Authenticator:
    """Holds keys by host. What it says of itself may be changed: flags, the origin of the page, the client's data."""

    flags: int = UP | UV | BE | BS
    origin: str = ORIGIN
    counts: bool = False
    id_bytes: int = 16
    said: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, list[Key]] = field(default_factory=dict)

    def make(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` would come to."""
        host = options["rp"]["id"]
        key = Key(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(self.id_bytes), options["user"]["id"])
        self.keys.setdefault(host, []).append(key)
        numbers = key.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(key.id).to_bytes(2, "big") + key.id + cbor2.dumps(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(host, key, self.flags | AT) + attested}
        response = {"attestationObject": cbor2.dumps(attestation)}
        return self._written(key, {**response, "clientDataJSON": self._client_data("webauthn.create", options)})

    def show(self, options: dict[str, Any], key: Key | None = None) -> str:
        """What `navigator.credentials.get` would come to."""
        host = options["rpId"]
        key = key or self.keys[host][-1]
        client_data, data = self._client_data("webauthn.get", options), self._data(host, key, self.flags)
        signature = key.private.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": data, "signature": signature, "userHandle": from_text(key.handle)}
        return self._written(key, {**response, "clientDataJSON": client_data})

    def _data(self, host: str, key: Key, flags: int) -> bytes:
        key.count += self.counts
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + key.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **self.said}).encode()

    def _written(self, key: Key, response: dict[str, bytes]) -> str:
        told = {name: to_text(value) for name, value in response.items()}
        return json.dumps({"id": to_text(key.id), "rawId": to_text(key.id), "type": "public-key", "response": told})


def asked_on(page: str) -> tuple[dict[str, Any], str]:
    """What a page asks the browser for, and the token that goes with the answer."""
    options = re.search(r'data-options="([^"]+)"', page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert options
    assert token
    return json.loads(unescape(options[1])), unescape(token[1])


def shows(customer: Customer, authenticator: Authenticator, *, to: str = "", **sent: str) -> Any:
    """Show a passkey on the page where the customer is."""
    options, token = asked_on(customer.text)
    return customer.submit({"answer": authenticator.show(options), "token": token, **sent}, to=to)


def makes(customer: Customer, authenticator: Authenticator) -> Any:
    """Make a passkey on the page where the customer is."""
    options, token = asked_on(customer.text)
    return customer.submit({"answer": authenticator.make(options), "token": token}, to="passkey-setup")


def with_passkey(tenant: Tenant, account: Account, authenticator: Authenticator, *, host: str = "localhost") -> Passkey:
    """The account has a passkey in this authenticator, which was made a while ago."""
    party = RelyingParty(host, authenticator.origin)
    with tenant_context(tenant):
        owner = Account.objects.get(pk=account.pk)
        handle = owner.passkey_handle or new_handle(tenant.schema_name)
        options = {"rp": {"id": host}, "user": {"id": handle}, "challenge": to_text(b"c" * 32)}
        key = check_made(json.loads(authenticator.make(options)), challenge=b"c" * 32, party=party)
        return add_passkey(owner, key=key, handle=handle, party=party, name="Laptop", actor=actor_of(owner))
