import base64
import json

from accounts.errors import AccountRefused
from accounts.factors.totp import new_secret
from accounts.models import Account
from common.crypto.encryption import seal, unseal
from tenants.postgresql import current_schema
from userflows.factors.services import set_up_app
from userflows.journeys.browsers.browser import Visitor
from userflows.models import Journey
from userflows.state import APP_CODE, APP_SETUP, RECOVERY_CODES

AMR = "otp"


def begin(journey: Journey, _visitor: Visitor) -> None:
    """Make the secret that the app shall know."""
    secret = base64.b64encode(new_secret())
    journey.note(APP_SETUP, sealed=seal(secret, context=_context(journey)))


def secret_of(journey: Journey) -> bytes:
    """What the app shall know. It becomes the account's once a code of it was shown."""
    return base64.b64decode(unseal(journey.step_data[APP_SETUP]["sealed"], context=_context(journey)))


def account_to_be(journey: Journey) -> Account:
    """Whose app it will be. Raises `AccountRefused`."""
    if journey.account is None:
        raise AccountRefused
    return journey.account


def prove_setup(journey: Journey, *, code: str) -> None:
    """Give the account the app, whose code proves it from now on. The codes for the day it is lost come next.

    Call it within the change that goes on with it. Raises `CodeRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    account = account_to_be(journey)
    codes = set_up_app(journey, account, secret=secret_of(journey), code=code)
    journey.prove(APP_CODE, amr=AMR, account=account)
    journey.step_data[APP_SETUP] = {}
    journey.note(APP_SETUP, is_done=True)
    journey.note(RECOVERY_CODES, sealed=seal(json.dumps(codes).encode(), context=f"recovery codes {journey.pk}"))


def _context(journey: Journey) -> str:
    return f"authenticator app to be {current_schema()} {journey.pk}"
