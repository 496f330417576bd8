"""The command line: what the portal can do, a script can do too, by the same services.

Owns the commands of `manage.py`, how they find what an option names and how they answer, and the demo. One of the
doors: nothing imports it.
"""
