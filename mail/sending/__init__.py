"""Ways for a message to leave, the conversation with a mail server, and a test of it."""
