"""Requests: whose they are, how many, for how long they wait, and the one way in which we send some."""
