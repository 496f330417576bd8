"""Assertions by which clients authenticate (RFC 7523)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from applications.lookup.clients import RegisteredClient
from oidc.clients.policies import assertion_problem
from oidc.clients.signatures import Signed, WrongSignature, check_algorithm, check_signature, read_signed
from oidc.wire.errors import InvalidClient


@dataclass(frozen=True)
class AcceptedAssertion:
    """What is left to remember of an assertion: its ID, and when it expires, in seconds since 1970."""

    jti: str
    expires_at: float


def subject_of(assertion: str) -> str:
    """The client an assertion says to be from; nothing is proved yet. Raises `InvalidClient`."""
    subject = _read(assertion).claims.get("sub")
    if not isinstance(subject, str):
        raise InvalidClient("In an assertion iss and sub are the client_id.")
    return subject


def check_assertion(assertion: str, *, client: RegisteredClient, audiences: frozenset[str]) -> AcceptedAssertion:
    """What the client signed, if it is good now. Raises `InvalidClient`, or `TemporarilyUnavailable` for its keys."""
    signed = _read(assertion)
    try:
        check_algorithm(signed, client=client)
        # What costs nothing comes first: nobody makes us fetch keys with an assertion that is no good anyway.
        problem = assertion_problem(
            signed.claims,
            client_id=client.client_id,
            audiences=audiences,
            takes_list=not client.follows_fapi,
            now=datetime.now(UTC),
        )
        if problem:
            raise InvalidClient(problem)
        check_signature(signed, client=client)
    except WrongSignature as error:
        raise InvalidClient(f"The assertion is refused. {error}") from error
    return AcceptedAssertion(signed.claims["jti"], signed.claims["exp"])


def _read(assertion: str) -> Signed:
    try:
        return read_signed(assertion)
    except WrongSignature as error:
        raise InvalidClient("The assertion isn't a signed JWT.") from error
