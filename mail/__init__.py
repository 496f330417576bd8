"""Mail to customers and administrators: queued in the tenant, sent by the worker.

Owns the message (its body encrypted at rest and emptied once sent), the transports that `EMAIL_URL` names, the mail
servers that tenants name for themselves, and the outbox in which messages stay readable while no mail server is
configured. What a message says and how it looks is
decided by whoever queues it.
"""
