"""Which requests are those of an administrator who runs a user flow: the only ones answered at the portal.

The portal's address is never registered for an application. It counts for one request alone, while its run is open. The
run's row says by which user flow the request is gone through: no parameter does, neither here nor on the way.
"""

import hashlib
import json
from collections.abc import Mapping
from uuid import UUID

from applications.lookup.clients import RegisteredClient
from oidc.models import FlowRun

CALLBACK_ENDING = "/user-flows/runs/callback"


def request_digest(parameters: Mapping[str, str]) -> str:
    """By which the issuer knows an authorization request again, whichever way it comes."""
    return hashlib.sha256(json.dumps(sorted(parameters.items())).encode()).hexdigest()


def flow_of_open_run(client: RegisteredClient, parameters: Mapping[str, str]) -> UUID | None:
    """The user flow that is run by a request to this client's issuer.

    None unless the request is, to the letter, the one of a run that waits for its answer.
    """
    if not parameters.get("redirect_uri", "").endswith(CALLBACK_ENDING):
        return None
    of_client = FlowRun.objects.open().filter(application_id=client.pk)
    run = of_client.filter(request_digest=request_digest(parameters)).only("user_flow_id").first()
    return (run.user_flow_id or client.flow_id) if run else None
