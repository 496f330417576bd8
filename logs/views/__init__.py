"""Pages about how the log is kept: for how long, whether it is as it was sealed, and whom it is forwarded to.

What takes events away, or sends them elsewhere, asks for a proof anew.
"""
