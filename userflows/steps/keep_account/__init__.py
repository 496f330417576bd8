"""Whoever signs in to an account that is about to be deleted decides whether it stays."""
