"""What floors above may want to hear."""

from django.dispatch import Signal

# Sent with `tenant`, inside it and in its transaction: whoever has rows there forgets those whose time is over.
tenant_tidied = Signal()
