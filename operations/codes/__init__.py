"""Codes that a hook sends in our place."""
