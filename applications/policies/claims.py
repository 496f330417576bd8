"""Which claims may be chosen for an application."""

from common.claims import CLAIM_NAME, PROTOCOL_CLAIMS
from common.text.translation import gettext as _

MAX_CLAIMS = 50
MAX_VALUE_LENGTH = 250
SOURCES = ("attribute", "roles", "groups", "constant")
# For which a claim may be sent: always, or only with one of these scopes granted.
CLAIM_SCOPES = ("", "profile", "email", "address")
# Names under which a relying party expects one thing only.
ONE_SOURCE_CLAIMS = {"email": ("attribute", "email"), "roles": ("roles", ""), "groups": ("groups", "")}


def claim_problem(name: str, *, source: str, value: str) -> str:
    """What is wrong with a claim of this name from this source, as a sentence; empty if nothing is."""
    if not CLAIM_NAME.fullmatch(name):
        return _("Begin with a letter, then use letters, digits and . _ - : / only, 120 characters at most.")
    if name in PROTOCOL_CLAIMS:
        return _("“%(name)s” has a meaning of its own in tokens, so it can’t be chosen.") % {"name": name}
    expected = ONE_SOURCE_CLAIMS.get(name)
    if expected and expected != (source, value):
        return _("Applications trust “%(name)s” to be exactly that, so it can’t come from elsewhere.") % {"name": name}
    return ""
