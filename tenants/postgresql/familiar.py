"""Which statements PostgreSQL keeps prepared: to plan one takes it several times as long as to run it.

What is prepared belongs to a session, and is planned anew whenever the search path isn't the one that it was planned
under. So each tenant has statements of its own: their texts begin with the name of its schema. And only those of which
a connection has had enough use are worth it (docs/decisions/0047-pages-and-plans-are-made-once.md).
"""

from collections import OrderedDict

MOST_PREPARED = 200
"""By a connection. One takes some 40 KB of the server's memory; the busiest requests of a tenant have about 15."""
MET_BEFORE = 5


class Familiar:
    """The statements that a connection was given last, by tenant, and how often."""

    def __init__(self) -> None:
        self._times: OrderedDict[tuple[str, str], int] = OrderedDict()

    def meet(self, schema: str, statement: str) -> bool:
        """Whether the statement has been met so often that it is worth being prepared."""
        times = self._times.pop((schema, statement), 0)
        self._times[schema, statement] = times + 1
        if len(self._times) > MOST_PREPARED:
            self._times.popitem(last=False)
        return times >= MET_BEFORE
