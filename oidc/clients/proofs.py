"""Each proof of possession is good for one use, in whichever process it arrives."""

from collections.abc import Collection

from applications.lookup.clients import RegisteredClient
from common.crypto.public_keys import ALGORITHMS
from oidc.clients.dpop import Proof, read_proof
from oidc.clients.services import remember
from oidc.wire.errors import InvalidDpopProof
from oidc.wire.requests import Sent


def accepted_proof(
    request: Sent, *, urls: Collection[str], client: RegisteredClient | None, access_token: str = ""
) -> Proof | None:
    """The proof of this client that comes with a request to an endpoint of these addresses, used up; None without one.

    No client is one that is gone meanwhile: the rest will tell. Raises `InvalidDpopProof` or `UseDpopNonce`.
    """
    algorithms = client.algorithms if client else ALGORITHMS
    proof = read_proof(request, urls=urls, algorithms=algorithms, access_token=access_token)
    if proof and not remember(f"dpop:{proof.jkt}:{proof.jti}", until=proof.expires_at):
        raise InvalidDpopProof("This proof was used before.")
    return proof
