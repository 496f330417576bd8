"""Hooks: servers of a tenant's that are asked at certain moments, and what comes of their answers.

Owns what a tenant has set up about each, the secret by which we sign, the request for each moment and how an answer to
it is judged, the breaker that spares a server which doesn't answer, and the log of deliveries. It knows nothing of user
flows, tokens or mail: whoever comes to a moment gives the facts, and makes of the answer what it means there
(`userflows.journeys.account.hooks`, `oidc.tokens.hook_claims`, `operations.codes.code_mails`).
"""
