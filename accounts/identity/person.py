"""A person as tokens tell about them: read with a statement of the reader's own, without composing one by the ORM."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.names import name_of


class Person(NamedTuple):
    """Columns of an account's row, in the order of `PERSON_COLUMNS`. `may_sign_in`: neither disabled nor deleted."""

    id: UUID
    may_sign_in: bool
    email: str
    email_verified: bool
    language: str
    updated_at: datetime
    display_name: str
    given_name: str
    surname: str
    job_title: str
    street_address: str
    postal_code: str
    city: str
    state: str
    country: str
    user_name: str
    custom_attributes: dict[str, Any]

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Self:
        """From the columns of a statement, which hands JSON over as text."""
        return cls._make((*row[:-1], json.loads(row[-1])))

    @property
    def name(self) -> str:
        """What to call this person; may be empty."""
        return name_of(
            display_name=self.display_name,
            given_name=self.given_name,
            surname=self.surname,
            language=self.language,
        )

    def attribute(self, name: str) -> Any:
        """The value of a built-in or custom attribute; None if the person has none."""
        built_in = BUILT_IN_ATTRIBUTES.get(name)
        return getattr(self, built_in.column) or None if built_in else self.custom_attributes.get(name)


# For a statement that calls the table `account`.
PERSON_COLUMNS = ", ".join(
    "(account.is_active OR coalesce(account.blocked_until <= now(), false)) AND account.deleted_at IS NULL"
    if field == "may_sign_in"
    else f"account.{field}"
    for field in Person._fields
)
