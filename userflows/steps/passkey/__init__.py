"""Signing in with a passkey, with an address or without one."""
