"""What applications are written with, as far as the quick start has code to copy for it."""

from collections.abc import Mapping

from applications.policies.kinds import NATIVE, SERVICE, SPA, WEB
from common.problems import one_of

# For each kind of application, the keys by which they are kept, and what they are called.
FRAMEWORKS: Mapping[str, Mapping[str, str]] = {
    WEB: {"flask": "Flask", "django": "Django", "express": "Express"},
    SPA: {"oidc-client-ts": "oidc-client-ts"},
    NATIVE: {"appauth": "AppAuth"},
    SERVICE: {"curl": "curl", "requests": "Requests", "authlib": "Authlib"},
}
FRAMEWORK_NAMES: Mapping[str, str] = {key: name for names in FRAMEWORKS.values() for key, name in names.items()}


def framework_problem(framework: str, *, kind: str) -> str:
    """What is wrong with it for an application of this kind; "" if it is one of these, or none was named."""
    known = FRAMEWORKS[kind]
    return "" if not framework or framework in known else one_of(known)
