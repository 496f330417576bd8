"""A device without a browser, and the phone of its owner (RFC 8628)."""

from typing import Any

from accounts.models import Account
from applications.policies.grants import DEVICE_CODE
from tests.browser import Browser
from tests.oidc.relying_party import EVERYTHING, RelyingParty


def begin(device: RelyingParty, **parameters: str | None) -> dict[str, Any]:
    answer = device.as_client("/oidc/device_authorization", **{"scope": EVERYTHING, **parameters})
    assert answer.status_code == 200, answer.content
    return answer.json()


def poll(device: RelyingParty, device_code: str, **parameters: str | None) -> Any:
    return device.token(grant_type=DEVICE_CODE, device_code=device_code, **parameters)


def enter(browser: Browser, user_code: str) -> str:
    """Type the code in; the path of the page that asks."""
    answer = browser.post("/device", {"user_code": user_code})
    assert answer.status_code == 303, answer.content.decode()
    return str(answer["Location"])


def press(browser: Browser, page: str, account: Account, decision: str = "approve") -> Any:
    return browser.post(page, {"account": str(account.pk), "decision": decision})


def approved(device: RelyingParty, phone: Browser, account: Account, **parameters: str | None) -> str:
    """A device's code, once its owner has said yes."""
    begun = begin(device, **parameters)
    press(phone, enter(phone, begun["user_code"]), account)
    return str(begun["device_code"])
