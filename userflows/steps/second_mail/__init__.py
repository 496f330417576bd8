"""A code by mail as a second factor, for whoever has proved something else than their mailbox."""
