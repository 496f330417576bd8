"""What happened, to what, by whom, from where.

Owns the audit event: one for each write and for each attempt that was refused, in the tenant it happened to, written in
the transaction of what it tells of. The services of every floor above call `record` or `record_refused`; `search`
answers what is asked on a day: everything of an account, an application's failures, what came from an address or in a
request. Rows are only ever added, until their time is over. Knows no other package but `common`.
"""
