"""What is kept of secrets: digests of those nobody could guess, and encryption at rest."""
