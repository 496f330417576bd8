"""Our half of the protocols with providers that give codes: OpenID Connect (Core section 3.1) and OAuth 2 (RFC 6749).

`openid` and `oauth` are the two ways. `documents` are what a provider publishes, `requests` what we send a customer
there with, `tokens` how a code is redeemed, `answers` all that is checked about an ID token. `exchange` and `fetched`
are what goes over and how it is called, whatever is spoken.

No function here is called in a transaction: another server may take its time.
"""
