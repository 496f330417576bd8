"""Small kits without models, used on every floor.

Owns: reading the environment, encryption at rest, counting attempts, caches that are kept in the process and
emptied when the database says so, facts about a request, and calling addresses that somebody else chose. Knows nothing
of tenants, accounts or protocols; everything above may import it.
"""
