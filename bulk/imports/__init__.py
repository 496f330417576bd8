"""Bringing customers in from a file: kept in pieces, read, mapped, judged line by line, and only then written."""
