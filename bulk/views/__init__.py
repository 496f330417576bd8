"""Pages about what is done to many customers: imports, exports, and how an operation stands."""
