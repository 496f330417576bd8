"""Which statements PostgreSQL keeps prepared: to plan one takes it several times as long as to run it.

What is prepared belongs to a session, and is planned anew whenever the search path isn't the one that it was planned
under. So each tenant has statements of its own: their texts begin with the name of its schema. And only those of which
a connection has had enough use are worth it (docs/decisions/0047-pages-and-plans-are-made-once.md).
"""

from collections import OrderedDict
from dataclasses import dataclass

from tenants.postgresql.prepared import Prepared

MOST_PREPARED = 200
"""By a connection. One takes some 40 KB of the server's memory; the busiest requests of a tenant have about 15."""
MET_BEFORE = 5


@dataclass
class Met:
    """How often a statement was met, and what asks it once it is prepared."""

    times: int = 0
    prepared: Prepared | None = None


class Familiar:
    """The statements that a connection was given last, by tenant."""

    def __init__(self) -> None:
        self._met: OrderedDict[tuple[str, str], Met] = OrderedDict()

    def meet(self, schema: str, statement: str) -> Met | None:
        """What is known of a statement that has been met so often that it is worth being prepared; else None."""
        met = self._met.pop((schema, statement), None) or Met()
        self._met[schema, statement] = met
        if len(self._met) > MOST_PREPARED:
            self._met.popitem(last=False)
        met.times += 1
        return met if met.times > MET_BEFORE else None
