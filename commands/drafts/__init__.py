"""What is drafted and published, at the command line."""
