"""The way back of whoever has lost all that their account is protected with: by their mailbox, after a wait."""
