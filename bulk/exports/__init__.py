"""Taking customers away as a file: written by PostgreSQL, page after page of them, and sent as it is written."""
