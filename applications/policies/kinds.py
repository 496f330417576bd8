"""The kinds of applications, as `Application.Kind` spells them."""

NATIVE, WEB, SPA, SERVICE = "native", "web", "spa", "service"
KINDS = (WEB, SPA, NATIVE, SERVICE)
# They run where anybody can look into them, so they keep no secret (RFC 6749 section 2.1).
PUBLIC_KINDS = frozenset({SPA, NATIVE})
