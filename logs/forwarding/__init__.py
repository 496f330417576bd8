"""Forwarding the log: to a web-hook over HTTPS, or to syslog over TLS.

What is forwarded has its seal already, and goes in the order of the seals: by the event's ID, a late one behind. So
nothing is left out, whatever was committed when, and a cursor is the number of a seal. A batch counts as arrived when
the other side has said so; otherwise it is sent again as a whole, so an event may come twice and is told by its ID.
Nobody waits inside a transaction for somebody else's server: the worker takes a destination for a while, reads, calls,
and notes what came of it.
"""
