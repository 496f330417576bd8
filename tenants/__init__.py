"""Tenants: one organisation's isolated space each, with a PostgreSQL schema and a database role of its own.

Owns the tenant, its domains, the memberships of administrators, the life cycle of schemas (founding, upgrading,
dropping), the database backend that takes role and search_path together, which tenant a request belongs to, and the
frame in which an administrator works on a managed tenant. What a tenant contains belongs to the floors above; the
recipe that fills a new one stands in `ciam_portal`.
"""
