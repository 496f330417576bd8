"""The endpoints: those for machines behind the protocol middleware, those for people behind the whole chain."""
