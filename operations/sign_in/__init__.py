"""What the check of a sign-in goes by: what it may find, and which second factor is asked for."""
