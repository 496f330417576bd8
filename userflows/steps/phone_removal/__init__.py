"""Doing without a phone number again."""
