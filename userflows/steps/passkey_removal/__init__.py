"""Doing without a passkey again."""
