"""A code by text message as a second factor, for whoever has proved something else."""
