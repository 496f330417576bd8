"""A new password for an account whose address was proved."""
