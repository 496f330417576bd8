"""What stands between the web server and Django's threads.

granian hands each request to an event loop, where nothing waits for anything: a body is read whole there, within a
limit and a deadline, before a thread is taken; health, kept documents and services' own tokens are answered at once; of
the threads no tenant gets more than its share. Django knows nothing of it: it is handed a WSGI environment whose body
is in memory. The package owns no rule about a request's content, and only `ciam_portal.rsgi` calls it.
See docs/decisions/0018-a-front-reads-bodies.md.
"""
