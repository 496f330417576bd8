"""What needs somebody's attention: each package adds the checks of its own matter, a tenant's overview asks them all.

A concern is a condition and no message: it is there as long as it holds, and nobody has to tick it off.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal_frame.access import Need
from portal_frame.pages import PortalRequest, may_send, opens
from tenants.models import Tenant

LOOK = gettext_lazy("Look")


@dataclass(frozen=True)
class Concern:
    """Something to look after, in a sentence. What `action` says is done at `url`; "" if no page does it.

    Urgent is what already keeps somebody from signing in, or will within days.
    """

    sentence: str
    url: str = ""
    action: str | Promise = LOOK
    is_urgent: bool = False


Check = Callable[[Tenant], Iterable[Concern]]


class Attention:
    """The checks of all packages. Each is asked in the tenant's schema, and costs no more than a page may."""

    def __init__(self) -> None:
        self._checks: list[tuple[Need, Check]] = []

    def add(self, check: Check, *, needs: Need) -> None:
        """Ask this check for whoever is allowed that."""
        self._checks.append((needs, check))

    def at(self, request: PortalRequest, tenant: Tenant) -> Sequence[Concern]:
        """All concerns that whoever asks may know of, the urgent ones on top; none leads where nothing opens."""
        known = [concern for needs, check in self._checks if needs in request.allowed for concern in check(tenant)]
        return [_as_far_as_allowed(request, each) for each in sorted(known, key=lambda concern: not concern.is_urgent)]


def _as_far_as_allowed(request: PortalRequest, concern: Concern) -> Concern:
    """Without its link where the page doesn't open; with an invitation to look where nothing can be changed there."""
    path = urlsplit(concern.url).path
    if not path or may_send(request, path):
        return concern
    return replace(concern, action=LOOK) if opens(request, path) else replace(concern, url="")


ATTENTION = Attention()
