"""User flows: how customers sign up, sign in, recover access and see their profile.

Owns the definition of a flow (sign-in methods, sign-up, attributes and their layout), the journeys customers make
through it with their steps, limits and codes, the branded customer pages, and their mails. The only door to
django-allauth. A journey begins with somebody (the issuer, the portal, or the customer) naming where to return
to, and ends there with a signed-in session; what happens next is not its business.
"""
