"""The issuer's rows, a module for each matter. Importing them here is how Django learns of them."""

from oidc.models.assertions import UsedAssertion
from oidc.models.consents import Consent
from oidc.models.devices import DeviceGrant
from oidc.models.keys import PUBLISHED_IN_ORDER, RotationSchedule, SigningKey, SubjectKey
from oidc.models.pushed_requests import PushedRequest
from oidc.models.registration import DynamicRegistration, InitialAccessToken, RegistrationSwitch
from oidc.models.runs import FlowRun
from oidc.models.sign_out import SignOutNotification
from oidc.models.tokens import AccessToken, Denied, Grant, IDToken, RefreshToken

__all__ = [
    "PUBLISHED_IN_ORDER",
    "AccessToken",
    "Consent",
    "Denied",
    "DeviceGrant",
    "DynamicRegistration",
    "FlowRun",
    "Grant",
    "IDToken",
    "InitialAccessToken",
    "PushedRequest",
    "RefreshToken",
    "RegistrationSwitch",
    "RotationSchedule",
    "SignOutNotification",
    "SigningKey",
    "SubjectKey",
    "UsedAssertion",
]
