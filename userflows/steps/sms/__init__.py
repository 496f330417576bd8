"""Signing in by a code that is sent by text message to the phone number of the account."""
