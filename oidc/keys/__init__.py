"""Signing keys: kept, loaded, used, rotated and withdrawn."""
