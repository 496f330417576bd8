"""Which client sends a request, proved in the one way it is registered for (RFC 6749 section 2.3, RFC 7523)."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote_plus

from applications.errors import UnknownApplication
from applications.lookup.clients import RegisteredClient, client_by_id
from applications.policies.credentials import CERTIFICATE_METHODS
from applications.services.uses import note_use
from audit.reasons import Reason
from audit.services import Actor, record_unbounded_failure
from oidc.clients.assertions import check_assertion, subject_of
from oidc.clients.certificates import check_certificate
from oidc.clients.services import use_up
from oidc.issuer.identity import issuer_for
from oidc.wire.errors import InvalidClient, InvalidRequest
from oidc.wire.requests import Call

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# The issuer is what FAPI 2.0 and newer libraries write into an assertion. Authlib, MSAL and many more write the token
# endpoint, and RFC 9126 section 2 asks for that of pushed requests too. All are ours alone: what was made for another
# server fits none of them.
AUDIENCES = ("token_endpoint", "pushed_authorization_request_endpoint", "device_authorization_endpoint")


def authenticated_client(request: Call, parameters: dict[str, str]) -> RegisteredClient:
    """The client that sends this request: it proved its secret or its key, or has neither to prove.

    Call it outside of a transaction: the keys of a client may have to be fetched. Raises `InvalidClient`,
    `InvalidRequest` or `TemporarilyUnavailable`.
    """
    if "client_assertion" in parameters or "client_assertion_type" in parameters:
        return _by_assertion(request, parameters)
    return _by_secret(request, parameters)


def _by_secret(request: Call, parameters: dict[str, str]) -> RegisteredClient:
    """A secret is taken from the header or the body, whichever the client's library prefers; never from both.

    One that shows a certificate sends nothing but its ID beside it (RFC 8705 section 2).
    """
    in_header = _basic_credentials(request)
    in_body = parameters.get("client_id", ""), parameters.get("client_secret", "")
    if in_header and in_body[1]:
        raise InvalidRequest("Send the client's credentials in one place only.")
    if in_header and in_body[0] not in {"", in_header[0]}:
        raise InvalidRequest("The client_id isn't the one in the Authorization header.")
    client_id, secret = in_header or in_body
    client = _client(client_id)
    if client.credentials.auth_method in CERTIFICATE_METHODS:
        with _noting_failure(client):
            if in_header or secret:
                raise InvalidClient("This client authenticates by a TLS certificate alone.")
            check_certificate(request, client=client)
        note_use(client)
        return client
    with _noting_failure(client):
        proved = client.secret_with_value(secret) if secret else None
        if client.is_public != (not secret) or (secret and proved is None):
            raise InvalidClient
    if proved is not None:
        note_use(client, proved)
    return client


def _by_assertion(request: Call, parameters: dict[str, str]) -> RegisteredClient:
    """An assertion comes alone, without header or secret (RFC 6749 section 2.3: one way in each request)."""
    if "Authorization" in request.headers or "client_secret" in parameters:
        raise InvalidClient("Send the client's credentials in one place only.")
    if parameters.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidClient(f"The client_assertion_type is {ASSERTION_TYPE}.")
    assertion = parameters.get("client_assertion", "")
    client_id = subject_of(assertion)
    if parameters.get("client_id", client_id) != client_id:
        raise InvalidClient("The client_id isn't the subject of the assertion.")
    client = _client(client_id)
    with _noting_failure(client):
        if not client.uses_key_pair:
            raise InvalidClient("This client isn't registered for private_key_jwt.")
        issuer = issuer_for(request.tenant)
        # FAPI 2.0 section 5.3.2.1-8: the issuer alone.
        addresses = [] if client.follows_fapi else [issuer.addresses_of(name) for name in AUDIENCES]
        accepted = check_assertion(assertion, client=client, audiences=frozenset({issuer.name}).union(*addresses))
        if not use_up(accepted, client=client):
            raise InvalidClient("This assertion was used before.")
    note_use(client)
    return client


@contextmanager
def _noting_failure(client: RegisteredClient) -> Iterator[None]:
    """Leave an event where somebody doesn't prove to be this client."""
    try:
        yield
    except InvalidClient:
        record_unbounded_failure(
            "application.authentication_failed",
            actor=Actor("application", client.client_id, client.name),
            reason=Reason.CREDENTIALS_WRONG,
            subject=client.client_id,
        )
        raise


def _client(client_id: str) -> RegisteredClient:
    try:
        return client_by_id(client_id)
    except UnknownApplication as error:
        raise InvalidClient from error


def _basic_credentials(request: Call) -> tuple[str, str] | None:
    """Client ID and secret from the header, each form-encoded before it was joined (RFC 6749 section 2.3.1)."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("Authenticate with the Basic scheme, or with client_id and client_secret in the body.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
        client_id, colon, secret = decoded.partition(":")
        credentials = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise InvalidClient from error
    if not colon:
        raise InvalidClient
    return credentials
