"""What floors above may want to hear, within the transaction in which it happens."""

from django.dispatch import Signal

# Sent with `account`: it was signed out of every browser, so whatever else it was given must go as well.
signed_out_everywhere = Signal()
