from urllib.parse import urlencode

from applications.policies.grants import DEVICE_CODE
from oidc.authorization.requests.request import scopes_asked_for
from oidc.clients.authentication import authenticated_client
from oidc.devices.limits import count_device
from oidc.devices.policies import DEVICE_INTERVAL, shown_user_code
from oidc.devices.services import ask_for_device
from oidc.issuer.identity import issuer_for
from oidc.lifetimes import DEVICE_LIFETIME
from oidc.tokens.resources import check_resource
from oidc.wire.errors import UnauthorizedClient
from oidc.wire.requests import Call, form_of
from oidc.wire.responses import EndpointAnswer, endpoint, json_answer
from tenants.addressing import base_url

VERIFICATION_PATH = "/device"


@endpoint("POST")
def device_authorization(request: Call) -> EndpointAnswer:
    """RFC 8628 section 3.1: a device without a browser, or without keys, asks to be let in by its owner elsewhere."""
    parameters = form_of(request)
    client = authenticated_client(request, parameters)
    if DEVICE_CODE not in client.grant_types:
        raise UnauthorizedClient("This application may not use the device grant.")
    if "resource" in parameters:
        check_resource(parameters["resource"])
    scopes, apis = scopes_asked_for(client, parameters, issuer=issuer_for(request.tenant))
    count_device(request, client)
    device = ask_for_device(client=client, scopes=scopes, apis=apis)
    address, user_code = base_url(request.tenant) + VERIFICATION_PATH, shown_user_code(device.user_code)
    return json_answer(
        {
            "device_code": device.device_code,
            "user_code": user_code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?{urlencode({'user_code': user_code})}",
            "expires_in": int(DEVICE_LIFETIME.total_seconds()),
            "interval": int(DEVICE_INTERVAL.total_seconds()),
        }
    )
