"""Which requests are those of an administrator who runs a user flow: the only ones answered at the portal.

The portal's address is never registered for an application. It counts for one request alone, while its run is open.
"""

import hashlib
import json
from collections.abc import Mapping

from applications.lookup.clients import RegisteredClient
from oidc.models import FlowRun

CALLBACK_ENDING = "/user-flows/runs/callback"


def request_digest(parameters: Mapping[str, str]) -> str:
    """By which the issuer knows an authorization request again, whichever way it comes."""
    return hashlib.sha256(json.dumps(sorted(parameters.items())).encode()).hexdigest()


def is_of_open_run(client: RegisteredClient, parameters: Mapping[str, str]) -> bool:
    """Whether a request to this client's issuer is, to the letter, the one of a run that waits for its answer."""
    if not parameters.get("redirect_uri", "").endswith(CALLBACK_ENDING):
        return False
    of_client = FlowRun.objects.open().filter(application_id=client.pk)
    return of_client.filter(request_digest=request_digest(parameters)).exists()
