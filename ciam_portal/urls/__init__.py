"""URL maps: one for the home tenant (with the portal), one for every other tenant, one for tenants out of service."""
