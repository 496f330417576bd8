"""Signing out at an application's wish, and telling applications that a session has ended."""
