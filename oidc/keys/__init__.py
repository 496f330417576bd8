"""The signing keys, and what they sign."""
