"""Asking a hook: within its time, with a retry, unless it rests; and the log of what came of it."""
