"""Pages for operators: the whole installation, its tenants, jobs and people."""
