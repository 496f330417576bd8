"""What a request costs: CPU of the server's processes and of PostgreSQL's backends, divided by requests.

`make bench` starts a server of its own on a database of its own and prints a table. Time on the clock says little on a
shared machine; CPU time, and ratios between figures of one run, say more.
"""
