"""By who asks. Machines are answered by the protocol middleware, people behind the whole chain."""
