"""Forms about bulk operations: the file of an import and its columns; how an action is done, and to how many."""
