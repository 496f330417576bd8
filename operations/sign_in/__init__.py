"""Why can't they sign in? The check, what it goes by and what it may find, and which second factor is asked for."""
