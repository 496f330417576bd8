"""By which ID an application knows a customer: that of all applications, or one of its sector (OpenID Connect Core 8).

Applications of one sector share the IDs. A sector goes by a host: that of the document that lists the redirect URIs, or
else the one host that they all have. The customer's own device is none.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from applications.policies.kinds import SERVICE
from applications.policies.redirect_uris import LOOPBACK_HOSTS
from common.problems import one_of
from common.text.translation import gettext as _
from common.web.outgoing import url_problem

PUBLIC, PAIRWISE = "public", "pairwise"
SUBJECT_TYPES = (PUBLIC, PAIRWISE)


def sector_of(redirect_uris: Iterable[str], *, subject_type: str, sector_identifier_uri: str = "") -> str:
    """The host for which IDs of customers are made (section 8.1); "" where they are public, or no host is certain."""
    if subject_type != PAIRWISE:
        return ""
    if sector_identifier_uri:
        return _host(sector_identifier_uri)
    hosts = {_host(uri) for uri in redirect_uris}
    # A customer's own device is everybody's.
    return hosts.pop() if len(hosts) == 1 and hosts.isdisjoint(LOOPBACK_HOSTS) else ""


def subject_problems(
    redirect_uris: Iterable[str], *, kind: str, subject_type: str, sector_identifier_uri: str
) -> dict[str, str]:
    """What is wrong, by field, each as a sentence; empty where nothing is."""
    if subject_type not in SUBJECT_TYPES:
        return {"subject_type": one_of(SUBJECT_TYPES)}
    if subject_type == PAIRWISE and kind == SERVICE:
        return {"subject_type": _("No one signs in to a service.")}
    if sector_identifier_uri:
        wrong = url_problem(sector_identifier_uri)
        return {"sector_identifier_uri": wrong} if wrong else {}
    if subject_type == PAIRWISE and not sector_of(redirect_uris, subject_type=subject_type):
        said = _("The redirect URIs have no host or several, so a sector identifier URI has to say which one counts.")
        return {"sector_identifier_uri": said}
    return {}


def _host(uri: str) -> str:
    """The host of a URI, "" for the private-use scheme of an app."""
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""
