"""How requests reach the product: read whole, within bounds, before one of few threads is spent on them.

An event loop reads what is sent, however slowly, and a thread answers what has arrived. Knows nothing of Django, and of
the product only what `ciam_portal.rsgi` tells it.
"""
