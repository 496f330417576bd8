"""App registrations: what an administrator records about an application that customers sign in to.

Owns the application (the toolkit's model, swapped), its client secrets, its redirect URIs with the rules they follow,
and which user flow it uses; and the portal's pages about them. How an application talks to the issuer is the business
of `oidc`, which reads what is recorded here.
"""
