"""A passkey as a second factor, for whoever has one and came by something else."""
