"""An authenticator that Chromium plays, so that its pages really make passkeys and show them."""

import base64

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import CDPSession, Page

from tests.userflows.factors.authenticator import Key


def with_authenticator(page: Page, key: Key | None = None) -> tuple[CDPSession, str]:
    """Give the page's browser an authenticator inside, with this key if it is told. Its owner is verified at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    shown = {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **shown}})
    if key is not None:
        private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        told = {
            "credentialId": key.id,
            "privateKey": private,
            "userHandle": base64.urlsafe_b64decode(key.handle + "=="),
        }
        written = {name: base64.b64encode(value).decode() for name, value in told.items()}
        credential = {**written, "isResidentCredential": True, "rpId": "localhost", "signCount": 0}
        session.send("WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential})
    return session, made["authenticatorId"]
