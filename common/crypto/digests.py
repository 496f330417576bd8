"""What is kept of secrets that nobody could guess: keys, codes and tokens of 256 random bits."""

import hashlib


def digest_of(secret: str) -> str:
    """Its SHA-256 in hexadecimal, by which the secret is found again and can't be had back."""
    return hashlib.sha256(secret.encode()).hexdigest()
