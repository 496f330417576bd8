"""By which ID an application knows a customer: the account's own, or one of its sector (OpenID Connect Core section 8).

The latter is the account's ID, enciphered by a key of the tenant's for the sector (section 8.1). A UUID is one block of
AES, and each key makes another permutation of all of them: so no two customers share an ID, nobody without the key can
tell which two IDs belong together, and who shows one to us is found without asking the database.
"""

import base64
import hashlib
import hmac
import logging
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection, transaction

from applications.errors import UnknownApplication
from applications.lookup.clients import RegisteredClient, client_by_id
from common.crypto.encryption import CannotUnseal, seal, unseal
from common.text.ids import is_canonical_uuid
from oidc.models import SubjectKey
from oidc.wire.encoding import base64url
from oidc.wire.errors import SigningKeysUnreadable
from tenants.known import KnownPart, NeededBy
from tenants.postgresql import announce_change, current_schema

KEY_BYTES = 32
PAIRWISE_LENGTH = 22
_SEALED = "SELECT to_jsonb(kept.sealed) FROM oidc_subjectkey kept"
_KEEP = "INSERT INTO oidc_subjectkey (id, sealed) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"

logger = logging.getLogger(__name__)


def subject_of(account_id: UUID, client: RegisteredClient) -> str:
    """The ID by which the application knows the account."""
    if not client.sector:
        return str(account_id)
    encryptor = _cipher(client.sector).encryptor()
    return base64url(encryptor.update(account_id.bytes) + encryptor.finalize())


def account_of(subject: str, client: RegisteredClient) -> str:
    """The ID of the account that the application knows by this one; "" if it can't know any by it."""
    if not client.sector:
        return subject
    if len(subject) != PAIRWISE_LENGTH:
        return ""
    try:
        raw = base64.urlsafe_b64decode(f"{subject}==")
    except ValueError:
        return ""
    if base64url(raw) != subject:
        # Another spelling, or a character that isn't one of base64url.
        return ""
    decryptor = _cipher(client.sector).decryptor()
    return str(UUID(bytes=decryptor.update(raw) + decryptor.finalize()))


def account_in_token(subject: str, client_id: str) -> str:
    """The ID of the account that a token of ours for this application is about; "" if that can't be told any more.

    One that was made before the application had IDs of its own still names the account.
    """
    if is_canonical_uuid(subject):
        return subject
    try:
        client = client_by_id(client_id)
    except UnknownApplication:
        return ""
    return account_of(subject, client) if client.sector else ""


def sealing_context() -> str:
    """What a tenant's key is sealed for."""
    return f"subject key {current_schema()}"


def _cipher(sector: str) -> Cipher[modes.ECB]:
    """The permutation of a sector: of one block alone, so there is nothing to chain."""
    key = hmac.digest(_sealed.get() or _made(), sector.encode(), hashlib.sha256)
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block


def _made() -> bytes:
    """The tenant's key, made when it is first needed; whoever was quicker has made it for all."""
    sealed = seal(secrets.token_bytes(KEY_BYTES), context=sealing_context())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEEP, [SubjectKey.ONLY_ROW, sealed])
        announce_change()
    return _opened(SubjectKey.objects.values_list("sealed", flat=True).get()) or b""


def _opened(sealed: str | None) -> bytes | None:
    """The key, None if there is none yet. Raises `SigningKeysUnreadable`."""
    if sealed is None:
        return None
    try:
        return unseal(sealed, context=sealing_context())
    except CannotUnseal as error:
        logger.error("The key for IDs of customers can't be read. %s", error)
        raise SigningKeysUnreadable from error


_sealed = KnownPart(_SEALED, _opened, needed_by=NeededBy.CUSTOMERS)
