"""What an owner does about others at their account, and what ends or goes with it."""
