"""Seals: how an event that was altered, taken away or put in afterwards is noticed.

The worker goes after the writers: every ten seconds it takes the next events older than a minute, up to 1,000, and
makes a seal of those of each category: the root of a Merkle tree over them, the hash of the seal before, and a
signature with a key that isn't in the database. Who writes an event waits for nothing. What was committed after its
range was sealed gets a late seal of its own. Pruning leaves the seals and adds one that says so. What this shows, and
what it doesn't, is decision 0025.
"""
