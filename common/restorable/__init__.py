"""What was deleted and can be restored for a while: it is set aside as its rows, in a table of its own."""
