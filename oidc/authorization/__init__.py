"""An authorization request: read, checked, and answered."""
