"""When an application was last used, and each of its secrets: to the day, so that nearly no request pays for it.

What is known of an application on the hot paths says on which day it was last used. Only the first use of a day in a
process is written, by one statement; one that another process has written already changes no row. A moment would have
to be written at every request, and tells nobody more who asks what may be deleted.
"""

import logging
from datetime import UTC, date, datetime

from django.db import DatabaseError

from applications.lookup.clients import KeptSecret, RegisteredClient
from common.database.caches import ProcessCache
from tenants.postgresql import connection, current_schema

_NOTE = """
    WITH used AS (
        UPDATE applications_clientsecret SET last_used_on = %(today)s
        WHERE application_id = %(application)s AND digest = %(digest)s
        AND (last_used_on IS NULL OR last_used_on < %(today)s)
    )
    UPDATE applications_application SET last_used_on = %(today)s
    WHERE id = %(application)s AND (last_used_on IS NULL OR last_used_on < %(today)s)
"""

logger = logging.getLogger(__name__)
# The day that this process has written, by application and digest.
_written: ProcessCache[date] = ProcessCache()


def note_use(client: RegisteredClient, secret: KeptSecret | None = None) -> None:
    """Remember that the application was used today and, if it proved itself by one, this secret of it.

    Call it outside of a transaction. Whoever asks gets an answer also where this can't be written.
    """
    today = datetime.now(UTC).date()
    if (secret or client).last_used_on == today:
        return
    schema, key = current_schema(), (client.pk, secret.digest if secret else "")
    if _written.peek(schema, key) == today:
        return
    generation = _written.generation
    try:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, {"today": today, "application": client.pk, "digest": key[1]})
    except DatabaseError as error:
        logger.warning("The use of an application wasn't noted: %s", type(error).__name__)
        return
    _written.keep(schema, key, today, generation=generation)
