"""The pages of the portal that need several apps: tenants, their overview and settings, groups of customers,
and an administrator's own account.

Owns no rows: it shows what the floors below keep, and calls their services. Pages about one app stand in that app; what
every page needs stands in `portal_frame`, who may open one among it. One of the doors: nothing imports it but
`ciam_portal`, which mounts its URLs.
"""
