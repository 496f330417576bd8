"""Who people are: accounts, the attributes kept about them, the groups they belong to."""
