"""What the worker does for a tenant: its jobs, and what one process of the installation does at a time."""
