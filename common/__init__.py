"""Small kits without models, used on every floor.

Owns: reading the environment, encryption at rest, counting attempts, caches that are kept in the process and
emptied when the database says so, and facts about a request. Knows nothing of tenants, accounts or protocols;
everything above may import it.
"""
