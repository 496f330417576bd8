"""What a message says, sealed: codes and addresses stay unreadable in a copy of the database."""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from common.crypto.encryption import seal, unseal
from tenants.postgresql import current_schema


@dataclass(frozen=True)
class Ticket:
    """What goes on with a journey: a one-time code, a link, or both. What a mail doesn't have is ""."""

    code: str = ""
    link: str = ""


NO_TICKET = Ticket()


@dataclass(frozen=True)
class Body:
    """The readable part of a message. `html` may be empty, and so may `language`, such as de, and `reply_to`.

    `code` and `link` are those of its ticket, for whoever sends it in our place.
    """

    subject: str
    text: str
    html: str
    language: str = ""
    reply_to: str = ""
    code: str = ""
    link: str = ""


def seal_body(body: Body, *, message_id: UUID) -> str:
    """Seal the body for this message of this tenant; it opens nowhere else."""
    facts = asdict(body)
    for name in ("reply_to", "code", "link"):
        if not facts[name]:
            # While a release is rolled out, a worker of 0.1 may get the message; it knows no such fact.
            del facts[name]
    return seal(json.dumps(facts).encode(), context=sealing_context(message_id))


def open_body(sealed: str, *, message_id: UUID) -> Body:
    """The body of a message. Raises `common.crypto.encryption.CannotUnseal`."""
    return Body(**json.loads(unseal(sealed, context=sealing_context(message_id))))


def sealing_context(message_id: UUID) -> str:
    """What a body is sealed for: this message of this tenant."""
    return f"mail {current_schema()} {message_id}"
