"""What may be tried how often, what is noted of it, who is kept out for how long, and in which words."""
