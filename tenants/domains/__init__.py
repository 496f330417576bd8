"""Domains of tenants' own: which names may be one, what has to stand in the DNS, and what stands there.

A tenant claims a domain; whoever shows by a TXT record that it is theirs holds it, and at nobody else's. A claim alone
reserves nothing: any number of tenants may wait for the same domain.
"""
