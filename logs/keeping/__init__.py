"""What the worker does for logs: the rounds of all of them, checks of the seals, and pruning what is old enough."""
