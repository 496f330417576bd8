"""Signing in with the account's password."""
