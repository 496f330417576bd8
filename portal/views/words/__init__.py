"""Pages on which a tenant's words are edited, seen in place, and taken along as files."""
