"""Mail servers of tenants' own: what may be chosen, and whether others believe what they send."""
