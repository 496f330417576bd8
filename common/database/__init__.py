"""Reading quickly: caches that never outlive a change, rows by hand, long lists a page at a time, deadlines."""
