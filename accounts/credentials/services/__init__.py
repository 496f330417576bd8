"""Every write about credentials."""
