"""The command line: what the portal can do, a script can do too, by the same services."""
