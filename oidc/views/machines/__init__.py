"""The endpoints that applications call: no session, no page, answers in JSON."""
