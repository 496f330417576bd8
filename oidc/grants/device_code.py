"""The grant of devices (RFC 8628 section 3.4): a device asks until its owner has said yes, then has its tokens.

Once a customer has said yes, an authorization code stands for the device; it is redeemed once, like any other.
"""

from common.crypto.digests import digest_of
from oidc.devices.services import name_of_device
from oidc.devices.sql import ask_device
from oidc.grants.issuing import Issued, UsedMeanwhile
from oidc.grants.presented import Replayed, issue_for_code
from oidc.grants.request import TokenRequest
from oidc.models import DeviceGrant
from oidc.tokens.sql import PresentedCode, presented_code
from oidc.tokens.token_claims import roles_needed_by
from oidc.wire.errors import AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant, InvalidRequest, SlowDown


def redeem_device_code(request: TokenRequest) -> Issued:
    """The tokens a customer has let the device have.

    Raises `AuthorizationPending`, `SlowDown`, `AccessDenied` or `ExpiredToken` (section 3.5), `InvalidRequest` if the
    code is missing, `Replayed` if it was used before, `InvalidTarget`, and `InvalidGrant` if there is no such device.
    """
    if not request.device_code:
        raise InvalidRequest("The parameter device_code is missing.")
    code = _judged(request)
    try:
        return issue_for_code(request, code)
    except UsedMeanwhile as error:
        # Judged once more: by now this request is the code's replay, unless the code was revoked.
        _judged(request)
        raise InvalidGrant from error


def _judged(request: TokenRequest) -> PresentedCode:
    """The code that stands for the device, once its owner has said yes."""
    digest = digest_of(request.device_code)
    asked = ask_device(digest, application_pk=request.client.pk, now=request.now)
    if asked is None:
        raise InvalidGrant
    if asked.status == DeviceGrant.DENIED:
        raise AccessDenied("The customer doesn't allow it.")
    if asked.status == DeviceGrant.AUTHORIZED:
        return _approved(request, digest)
    if asked.expires_at <= request.now:
        raise ExpiredToken("Nobody has entered the code in time.")
    if asked.is_early:
        raise SlowDown("Wait five seconds longer each time.")
    raise AuthorizationPending("Nobody has decided yet.")


def _approved(request: TokenRequest, digest: str) -> PresentedCode:
    needed = roles_needed_by(request.entitlements)
    code = presented_code(name_of_device(digest), application_pk=request.client.pk, needed=needed)
    if code is None or not code.person.may_sign_in:
        raise InvalidGrant
    if code.redeemed_at is not None:
        raise Replayed(code.sign_in.family)
    if code.expires_at <= request.now:
        raise ExpiredToken("The device has collected its tokens too late.")
    return code
