"""Page layouts as they are kept: what a draft and a version say, how they differ, and which is in force."""
