"""How applications prove who they are, and that they hold a key."""
