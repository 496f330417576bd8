"""Tenants: one organisation's isolated space each, with a PostgreSQL schema and a database role of its own.

Owns the tenant, its domains, the memberships of administrators, the life cycle of schemas (founding, upgrading,
dropping), the database backend that takes role and search_path together, and which tenant a request belongs to. What a
tenant contains belongs to the floors above; `operations.onboarding` fills a new one.
"""
