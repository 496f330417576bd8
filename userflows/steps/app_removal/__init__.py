"""Doing without an authenticator app again."""
