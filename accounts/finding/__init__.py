"""Finding customers among a million: the entry beside each account, and what is asked of all entries together."""
