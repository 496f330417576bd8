"""Devices that wait for their owner (RFC 8628)."""
