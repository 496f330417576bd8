"""Who may have an account by a flow: from which mail domains, and from which age on. Pure functions."""
