"""Installations as earlier releases left them, and what becomes of them in an upgrade.

A release's migrations never change once it is out, so `<release>.json` holds their names and digests; an upgrade by
those alone makes the release's tables. The file holds the rows as well: of the cast, after a day of theirs.
"""
