"""The issuer inside each tenant: OAuth 2.0 and OpenID Connect.

Owns the protocol's endpoints (authorization, token, userinfo, introspection, revocation, discovery, JWKS, sign-out),
the claims of tokens and the signing keys. Together with `applications` the only door to django-oauth-toolkit, whose
grants it uses over its own validator. It sends customers to `userflows` to sign in and receives them back with a
session.
"""
