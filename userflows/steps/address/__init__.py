"""Who wants in: the address that every journey begins with."""
