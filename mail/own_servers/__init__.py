"""Mail servers of tenants' own: what may be chosen, a test of it, and whether others believe what they send."""
