"""What a text message says, sealed: codes stay unreadable in a copy of the database."""

from uuid import UUID

from common.crypto.encryption import seal, unseal
from tenants.postgresql import current_schema


def seal_text(text: str, *, message_id: UUID) -> str:
    """Seal the text for this message of this tenant; it opens nowhere else."""
    return seal(text.encode(), context=sealing_context(message_id))


def open_text(sealed: str, *, message_id: UUID) -> str:
    """The text of a message. Raises `common.crypto.encryption.CannotUnseal`."""
    return unseal(sealed, context=sealing_context(message_id)).decode()


def sealing_context(message_id: UUID) -> str:
    """What a text is sealed for."""
    return f"text message {current_schema()} {message_id}"
