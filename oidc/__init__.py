"""The issuer inside each tenant: OAuth 2.0 and OpenID Connect.

Owns the protocol's endpoints (authorization, token, userinfo, introspection, revocation, discovery, JWKS, sign-out),
the claims of tokens and the signing keys, each matter in a room of its own. Together with `applications` the only door
to django-oauth-toolkit, which makes and keeps the tokens once the file of a grant has judged what was presented. It
sends customers to `userflows` to sign in and receives them back with a session.
"""
