"""Rules about applications as pure functions, a file for each matter."""
