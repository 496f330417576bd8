"""Drafts of page layouts and what becomes of them: published, kept, scheduled, restored, and shown by a link."""
