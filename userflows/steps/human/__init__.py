"""Keeping programs from making accounts, with nobody asked but the browser: a proof of work, or a slower way."""
