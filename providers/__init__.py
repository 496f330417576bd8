"""Identity providers: where else a tenant's customers have accounts by which they sign in here.

Owns what a tenant has set up about each, the key or secret by which it proves itself there, the other half of the
protocols (`protocols`: the request, the answer and all that is checked about it), and which account a customer's
identity at a provider is linked with. Which flow offers a provider, what a customer has to prove before anything is
linked, and every page are the business of the floors above.
"""
