"""Every write about tokens."""
