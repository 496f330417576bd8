"""Forms about tenants, their sessions and their groups."""
