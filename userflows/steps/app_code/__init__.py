"""The code that an authenticator app shows, as a second factor."""
