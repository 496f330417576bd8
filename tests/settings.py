"""The product's settings, with what only tests need."""

from ciam_portal.settings import *  # noqa: F403
from ciam_portal.settings import DATABASES, INSTALLED_APPS, PASSWORD_HASHERS

# Its `flush` puts the database back as the template has it.
INSTALLED_APPS = ["tests.support", *INSTALLED_APPS]
# Threads of the live server come and go; each closes its connection.
DATABASES["default"]["CONN_MAX_AGE"] = 0
CIAM_LISTEN_FOR_CHANGES = False
# Whoever signs in hashes, and many do.
PASSWORD_HASHERS = ["tests.hashing.QuickPasswordHasher", *PASSWORD_HASHERS[1:]]
# Each browser of a story sets the middleware up anew: static files are looked for when asked for, not listed each time.
WHITENOISE_AUTOREFRESH = True
