"""Signing in and up by an identity provider: there, and back."""
