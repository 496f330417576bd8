"""Our half of the protocol with a provider (OpenID Connect Core section 3.1): `documents` are what it publishes,
`requests` what we send a customer there with, `answers` what comes back and all that is checked about it.

No function here is called in a transaction: another server may take its time.
"""
