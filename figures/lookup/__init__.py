"""What pages and commands read of the sums: ranges of days, what was counted in them, and where journeys ended."""
