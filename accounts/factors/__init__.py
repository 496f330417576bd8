"""Second factors that an account has: an authenticator app (RFC 6238), and recovery codes for who has lost it."""
