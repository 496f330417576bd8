"""Every write of the issuer."""

from oidc.services.keys import create_signing_keys

__all__ = ["create_signing_keys"]
