"""Pages about how the log is kept: for how long, whether it is as it was sealed, and whom it is forwarded to."""
