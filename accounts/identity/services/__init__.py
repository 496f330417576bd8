"""Every write about who people are."""
