"""What is said between us and a hook: the request for each moment, how it is signed, and how an answer is read."""
