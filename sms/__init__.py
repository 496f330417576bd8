"""Text messages to customers' phones: queued in the tenant, within limits, sent by the worker.

Owns the message (its text encrypted at rest and emptied once sent), how a tenant sends them, to which countries, how
many at most, and the log of what became of each. What a message says is decided by whoever queues it.
"""
