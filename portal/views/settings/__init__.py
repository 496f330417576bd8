"""The settings of a tenant, a page for each matter."""
