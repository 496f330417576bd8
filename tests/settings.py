"""The product's settings, with what only tests need."""

from ciam_portal.settings import *  # noqa: F403
from ciam_portal.settings import INSTALLED_APPS, PASSWORD_HASHERS

# Its `flush` puts the database back as the template has it.
INSTALLED_APPS = ["tests.support", *INSTALLED_APPS]
CIAM_LISTEN_FOR_CHANGES = False
# Whoever signs in hashes, and many do.
PASSWORD_HASHERS = ["tests.hashing.QuickPasswordHasher", *PASSWORD_HASHERS[1:]]
# Each browser of a story sets the middleware up anew: static files are looked for when asked for, not listed each time.
WHITENOISE_AUTOREFRESH = True
# A browser keeps them for its story, as it keeps those of a server, which have names of their own.
WHITENOISE_MAX_AGE = 3600
