"""Hashing that costs nothing worth waiting for."""

from accounts.credentials.hashers import BoundedArgon2PasswordHasher


class QuickPasswordHasher(BoundedArgon2PasswordHasher):
    """The product's own, gate included, at Argon2's least cost: what it really costs is a test of its own."""

    time_cost = 1
    memory_cost = 8
