"""Devices that wait for a customer in a browser elsewhere (RFC 8628)."""
