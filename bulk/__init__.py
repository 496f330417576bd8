"""What is done to many customers at once: imports, exports, and actions on a selection.

Owns the bulk operation: what was asked for, by whom, how far it has come, and what became of each customer in it. The
worker does it in chunks (`chain`), each in one transaction with the mark that says so; so tenants take turns, a worker
that dies loses a chunk at most, and a page may be left and come back to. `imports` reads files, judges them line by
line before anything is written, and brings the good lines in; `actions` has the verbs of a selection, those of
`accounts`; `exports` streams customers to a file and keeps nothing. What an account is stays with `accounts`. Called by
`portal` and `commands`; the floors below know nothing of it.
"""
