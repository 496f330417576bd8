"""The browser that a request comes from, and whose browser it is known to be."""
