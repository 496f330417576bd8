"""What floors above may want to hear, within the transaction in which it happens."""

from django.dispatch import Signal

# Sent with `account`: it has another address, so whatever reading the mail of the old one has opened is to be shut.
address_changed = Signal()
# Sent with `account`, before it is blocked or deleted. Whoever has a reason against it raises `Refused`.
account_shutting = Signal()
