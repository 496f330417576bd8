"""Confirming a phone number: a code that is sent there shows that it is its owner's."""
