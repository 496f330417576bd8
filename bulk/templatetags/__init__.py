"""Filters of the pages of bulk operations."""
