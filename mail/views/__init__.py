"""Pages about mail: the outbox, where messages stay readable while no mail server is configured."""
