"""What the portal costs where a tenant is large: a million customers and ten million events, unless told otherwise.

`make bench-portal` keeps a database of its own in `var/bench-portal`, which it fills once, in the shapes in which the
product would have written it, and asks each page for many different things. Counted is the CPU time of the web process
and of its backends for one request, and what is over its budget fails. Then it brings customers in from a file, kills
the worker in the middle, and takes all of them away again as a file.
"""
