"""The product's own documentation, read in the portal by whoever works there.

Owns the pages below `docs` (found, rendered and searched; nothing of them is in the database), and which page tells
about which page of the portal. Where they are shown, and to whom, belongs to `portal`.
"""
