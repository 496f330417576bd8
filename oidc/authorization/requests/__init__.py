"""Authorization requests: read once, and judged by a list of small checks."""
