"""Second factors in a user flow: when one is due and which, and in which browsers one was shown before."""
