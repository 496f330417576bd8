"""The code step: an address is proved by a one-time code from a mail; where its account signs in, that it is here."""
