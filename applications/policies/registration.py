"""Rules about scopes and PKCE."""

import re

from applications.policies.kinds import WEB
from common.text.texts import shortened
from common.text.translation import gettext as _

MAX_SCOPES = 1000
MAX_SCOPE_LENGTH = 128
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def scope_problem(scope: str) -> str:
    """What is wrong with the name of a scope (RFC 6749 section 3.3), as a sentence; empty if nothing is."""
    if not SCOPE.fullmatch(scope) or len(scope) > MAX_SCOPE_LENGTH:
        said = _("“%(scope)s” isn’t the name of a scope. Use up to %(longest)d characters without spaces or quotes.")
        return said % {"scope": shortened(scope), "longest": MAX_SCOPE_LENGTH}
    return ""


def pkce_problem(*, requires_pkce: bool, kind: str) -> str:
    """What is wrong with the wish to do without PKCE, as a sentence; empty if nothing is (RFC 9700 section 2.1.1)."""
    return "" if requires_pkce or kind == WEB else _("Only a web application can do without PKCE.")
