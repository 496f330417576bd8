"""Every write about applications, a file for each matter."""
