"""Our half of SAML 2.0: we are the service provider, and customers come from an identity provider (Web Browser SSO).

`documents` are what the provider publishes, `ours` what we do, `requests` what we send a customer there with, `answers`
who comes back. Between them stand `xml` (reading what strangers have written), `signatures` and `decryption`, and
`rules` (what has to be true of an assertion, as pure functions). `keys` are ours.

What a response says counts only as far as the bytes that were signed say it: they are read again after they have been
verified, and nothing else of the response is.

All but `rules` and `keys` is imported where it is first used: what reads and signs XML takes 7 MB of each process, and
most installations have no such provider.
"""
