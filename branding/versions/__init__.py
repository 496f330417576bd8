"""Drafts and what becomes of them: published together, kept, scheduled, restored, and shown by a link that expires."""
