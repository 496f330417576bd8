"""Each proof of possession is good for one use, in whichever process it arrives."""

from django.http import HttpRequest

from oidc.clients.dpop import Proof, read_proof
from oidc.clients.services import remember
from oidc.wire.errors import InvalidDpopProof


def accepted_proof(request: HttpRequest, *, url: str, access_token: str = "") -> Proof | None:
    """The proof that comes with a request to this address, used up; None if there is none.

    Raises `InvalidDpopProof` or `UseDpopNonce`.
    """
    proof = read_proof(request, url=url, access_token=access_token)
    if proof and not remember(f"dpop:{proof.jkt}:{proof.jti}", until=proof.expires_at):
        raise InvalidDpopProof("This proof was used before.")
    return proof
