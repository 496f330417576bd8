"""Forms about the settings of a tenant."""
