"""How long what the issuer hands out is good for, and for how long what it keeps is kept."""

from datetime import timedelta

CODE_LIFETIME = timedelta(seconds=60)
# How long a redeemed code stays, so that its replay is recognised; no less than the tokens made from it live.
CODE_KEPT_FOR = timedelta(hours=24)
PUSHED_REQUEST_LIFETIME = timedelta(seconds=90)
# How long a signed answer says it is good for (JARM section 2.1: ten minutes at most); the code in it lasts less.
SIGNED_ANSWER_LIFETIME = timedelta(minutes=10)
# For how long a request object may be good, and how old it may be (FAPI 2.0 Message Signing section 5.3.1).
REQUEST_OBJECT_LIFETIME = timedelta(minutes=60)
# How long a device waits for its owner, how often it may ask meanwhile, and by how much it slows down if it asks more
# often (RFC 8628 sections 3.2 and 3.5).
DEVICE_LIFETIME = timedelta(minutes=15)
# How long an administrator who runs a user flow may take to sign in, and for how long afterwards they may look at it.
RUN_LIFETIME = timedelta(minutes=15)
RUN_KEPT_FOR = timedelta(hours=1)
# How long a key stands in the key set before it signs. Whoever keeps the key set may do so for five minutes.
PUBLISHED_BEFORE_SIGNING = timedelta(days=1)
# How long a key stays there after it signed last. Its tokens expire within a day, but an ID token goes on speaking
# for its session when an application asks for sign-out, and customers who stay signed in do so for 30 days.
PUBLISHED_AFTER_SIGNING = timedelta(days=31)
DEFAULT_ROTATION_DAYS = 90
# Libraries make assertions of a minute (openid-client), ten (MSAL) or an hour (Authlib); each is good for one use.
ASSERTION_LIFETIME = timedelta(hours=1)
NOTIFICATIONS_KEPT_FOR = timedelta(days=30)
