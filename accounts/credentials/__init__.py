"""How people prove who they are: passwords, the bound on how many are hashed at once, one-time codes."""
