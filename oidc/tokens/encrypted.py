"""What is encrypted to an application, with a public key of its own (RFC 7516): ID tokens, logout tokens and userinfo.

The issuer signs first, then encrypts (OpenID Connect Core section 10.2). It has no keys by which others could encrypt
to it: what comes back, such as an ID token as a hint, its owner has decrypted.
"""

from joserfc import jwe

from applications.description import UNENCRYPTED
from applications.lookup.clients import RegisteredClient
from applications.policies.tokens import CONTENT_ALGORITHMS
from common.crypto.public_keys import ENCRYPTION_ALGORITHMS
from oidc.clients.keys import encryption_keys_of_client
from oidc.wire.errors import InvalidClient, NoEncryptionKey

_registry = jwe.JWERegistry(algorithms=[*ENCRYPTION_ALGORITHMS, *CONTENT_ALGORITHMS])


def encrypted_id_token(token: str, client: RegisteredClient) -> str:
    """An ID token or a logout token, encrypted to its application if that is what it wants.

    Call it outside of a transaction: keys may have to be fetched. Raises `NoEncryptionKey` or `TemporarilyUnavailable`.
    """
    tokens = client.tokens
    return _encrypted(token, client, algorithm=tokens.id_token_encryption, content=tokens.id_token_content, cty="JWT")


def encrypted_userinfo(told: str, client: RegisteredClient, *, is_signed: bool) -> str:
    """What userinfo tells, a signed JWT or plain JSON, likewise (OpenID Connect Core section 5.3.2)."""
    tokens = client.tokens
    cty = "JWT" if is_signed else ""
    return _encrypted(told, client, algorithm=tokens.userinfo_encryption, content=tokens.userinfo_content, cty=cty)


def _encrypted(payload: str, client: RegisteredClient, *, algorithm: str, content: str, cty: str) -> str:
    if algorithm == UNENCRYPTED:
        return payload
    try:
        fitting = [key for key in encryption_keys_of_client(client) if algorithm in key.algorithms]
    except InvalidClient as error:
        raise NoEncryptionKey(error.description) from error
    if not fitting:
        raise NoEncryptionKey(f"The application has no key for encryption with {algorithm}.")
    # One for nothing else if there is any, and of several the last: who changes keys adds the new one at the end.
    key = fitting[-1]
    header = {"alg": algorithm, "enc": content, "kid": key.kid, "cty": cty}
    return jwe.encrypt_compact(
        {name: value for name, value in header.items() if value}, payload.encode(), key.key, registry=_registry
    )
