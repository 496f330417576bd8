"""The product's own settings, for servers in processes of their own, but for what a password costs."""

from ciam_portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.hashing.QuickPasswordHasher"]
