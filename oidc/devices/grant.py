"""The device grant (RFC 8628 section 3.4): oauthlib's, with an ID token, over the code that stands for the device."""

import json
from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant

from oidc.devices.statements import ask_device
from oidc.models import DeviceGrant
from oidc.services.codes import digest_of
from oidc.services.devices import name_of_device
from oidc.tokens.request import TokenRequest
from oidc.tokens.statements import presented_code
from oidc.tokens.token_claims import question_about


class DeviceCodes(DeviceCodeGrant):
    """Answers devices that ask for their tokens."""

    def validate_scopes(self, request: Request) -> None:
        """Nothing to judge: they were when the device began, and a customer has said yes to them."""

    def create_token_response(self, request: Request, token_handler: Any) -> tuple[dict[str, str], str, int]:
        """The tokens, among them an ID token if `openid` was asked for."""
        headers = self._get_default_headers()
        try:
            self.validate_token_request(request)
        except OAuth2Error as error:
            return {**headers, **error.headers}, error.json, error.status_code
        token = token_handler.create_token(request, refresh_token=True)
        if "openid" in request.scopes:
            token["id_token"] = self.request_validator.get_id_token(token, token_handler, request)
        self.request_validator.save_token(token, request)
        return headers, json.dumps(token), 200


def status_of_device(device_code: str, token_request: TokenRequest) -> str | None:
    """What has become of the device, in oauthlib's words; None if there is none, or its code was used or revoked.

    Of one that was approved the code is noted in the request; a second use notes the family to revoke.
    """
    digest, client_pk, now = digest_of(device_code), token_request.client.pk, token_request.now
    token_request.code = None
    asked = ask_device(digest, application_pk=client_pk, now=now)
    if asked is None:
        return None
    if asked.status == DeviceGrant.DENIED:
        return str(DeviceCodes.DEVICE_CODE_DENIED)
    if asked.status == DeviceGrant.AUTHORIZED:
        return _status_of_approved(digest, token_request)
    if asked.expires_at <= now:
        return str(DeviceCodes.DEVICE_CODE_EXPIRED)
    return str(DeviceCodes.DEVICE_CODE_SLOW_DOWN if asked.is_early else DeviceCodes.DEVICE_CODE_PENDING)


def _status_of_approved(digest: str, token_request: TokenRequest) -> str | None:
    question = question_about(token_request.entitlements)
    code = presented_code(name_of_device(digest), application_pk=token_request.client.pk, question=question)
    if code is None or not code.person.may_sign_in:
        return None
    if code.redeemed_at is not None:
        token_request.replayed = code.sign_in.family
        return None
    if code.expires_at <= token_request.now:
        return str(DeviceCodes.DEVICE_CODE_EXPIRED)
    token_request.code = code
    return str(DeviceCodes.DEVICE_CODE_AUTHORIZED)
