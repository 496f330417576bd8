"""How much may be registered, and for how long."""

MAX_TOKENS = 100
MAX_REGISTRATIONS = 1000
MAX_DAYS = 365
MAX_DESCRIPTION_LENGTH = 128
