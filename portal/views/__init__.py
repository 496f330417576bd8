"""Pages about several apps at once."""
