"""How moments are read that PostgreSQL writes."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class UtcLoader(BaseTzLoader):
    """Django's, but quicker for what is written in ISO 8601 at UTC, as it is in its sessions."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        """The moment. Raises psycopg's `DataError` for one that Python has no place for."""
        try:
            moment = datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            moment = None
        read: datetime = moment if moment and moment.tzinfo is UTC else super().load(data)
        return read
