"""What happened, to what, by whom.

Owns the audit event: one for each write, in the tenant it happened to, written in the same transaction. The services
of every floor above call `record`. Rows are only ever added. Knows no other package but `common`.
"""
